"""PyTorch on CPU training an energy network that is a classifier (JEM): milliseconds an update, of the processor with one thread, else of the clock.

    python3 jem_peer.py FORM THREADS [rounds]     FORM: autograd, whole or rows; without rounds a line of input runs a round

784-256-256-10 of swish units, batch 64, 20 Langevin steps of 64 chains, noise, clamping, then both losses and Adam. autograd is the way that one
writes it; whole has no autograd, addmm into tensors that stay, silu and silu_backward, OpenMP threads inside of each operation; rows is the same with
each thread carrying its own rows through all Langevin steps, then its own input units of each weight matrix. OPENBLAS_CORETYPE=SkylakeX and
ATEN_CPU_CAPABILITY=avx512 on processors that have them.
"""

import os
import sys
import threading
import time

FORM, THREADS = sys.argv[1], int(sys.argv[2])
if FORM == "rows":
    os.environ["OMP_NUM_THREADS"] = "1"

import torch
import torch.nn.functional as F

torch.set_num_threads(1 if FORM == "rows" else THREADS)
torch.manual_seed(1)

SIZES, BATCH, STEPS, UPDATES = (784, 256, 256, 10), 64, 20, 60
ALPHA, SIGMA, RATE, BETA1, BETA2, EPSILON, RESTART = 1.0, 0.01, 1e-4, 0.9, 0.999, 1e-8, 0.05
data = (torch.rand(6000, 784) < 0.19).float() * torch.rand(6000, 784) * 2 - 1
labels = torch.randint(0, 10, (6000,))
replay = torch.rand(10000, 784) * 2 - 1
weights = [torch.randn(a, b) * (2 / a) ** 0.5 for a, b in zip(SIZES, SIZES[1:])]
biases = [torch.zeros(b) for b in SIZES[1:]]
update = 0


def autograd_update():
    global update
    parameters = weights + biases
    for parameter in parameters:
        parameter.requires_grad_(False)

    def outputs(x):
        for layer in range(3):
            x = torch.addmm(biases[layer], x, weights[layer])
            x = F.silu(x) if layer < 2 else x
        return x

    places = torch.randint(0, 10000, (BATCH,))
    x = replay[places]
    fresh = torch.rand(BATCH, 1) < RESTART
    x = torch.where(fresh, torch.rand(BATCH, 784) * 2 - 1, x)
    for _ in range(STEPS):
        x.requires_grad_(True)
        gradient, = torch.autograd.grad(torch.logsumexp(outputs(x), 1).sum(), x)
        x = (x.detach() + ALPHA * gradient + SIGMA * torch.randn_like(x)).clamp_(-1, 1)
    replay[places] = x
    for parameter in parameters:
        parameter.requires_grad_(True)
    first = update % 90 * BATCH
    plus = data[first : first + BATCH] + 0.03 * torch.randn(BATCH, 784)
    both = outputs(torch.cat([plus, x]))
    loss = F.cross_entropy(both[:BATCH], labels[first : first + BATCH]) - torch.logsumexp(both[:BATCH], 1).mean() + torch.logsumexp(both[BATCH:], 1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    update += 1


class Hand:
    """Rows first to end - 1 of data and of chains, and a share of each weight matrix, without autograd."""

    def __init__(self, member, members, barrier):
        self.first, self.end = BATCH * member // members, BATCH * (member + 1) // members
        self.member, self.barrier = member, barrier
        rows = self.end - self.first
        self.inputs = [torch.empty(rows, n) for n in SIZES[1:]]
        self.values = [torch.empty(rows, n) for n in SIZES[1:3]]
        self.deltas = [torch.empty(rows, n) for n in SIZES[1:]]
        self.noise = torch.empty(rows, 784)
        self.random = torch.Generator().manual_seed(member)
        self.shares = [(n * member // members, n * (member + 1) // members) for n in SIZES[:3]]

    def forward(self, x, inputs, values):
        for layer in range(3):
            torch.addmm(biases[layer], x, weights[layer], out=inputs[layer])
            if layer < 2:
                x = torch.ops.aten.silu.out(inputs[layer], out=values[layer])

    def backward(self, inputs, deltas):
        for layer in (1, 0):
            torch.mm(deltas[layer + 1], weights[layer + 1].t(), out=deltas[layer])
            torch.ops.aten.silu_backward.grad_input(deltas[layer], inputs[layer], grad_input=deltas[layer])

    def run(self):
        global update
        first, end = self.first, self.end
        if self.member == 0:
            shared.places = torch.randperm(10000)[:BATCH]
        self.wait()
        x = shared.inputs[BATCH + first : BATCH + end]
        places = shared.places[first:end]
        torch.index_select(replay, 0, places, out=x)
        fresh = torch.rand(end - first) < RESTART
        if fresh.any():
            x[fresh] = torch.rand(int(fresh.sum()), 784) * 2 - 1
        for _ in range(STEPS):
            self.forward(x, self.inputs, self.values)
            torch.softmax(self.inputs[2], 1, out=self.deltas[2])
            self.backward(self.inputs, self.deltas)
            x.addmm_(self.deltas[0], weights[0].t(), alpha=ALPHA)
            x.add_(self.noise.normal_(generator=self.random), alpha=SIGMA).clamp_(-1, 1)
        replay[places] = x
        row = update % 90 * BATCH
        plus = shared.inputs[first:end]
        plus.copy_(data[row + first : row + end]).add_(self.noise.normal_(generator=self.random), alpha=0.03)
        for half in (0, BATCH):
            part = slice(half + first, half + end)
            inputs, values, deltas = ([t[part] for t in group] for group in (shared.units, shared.values, shared.deltas))
            self.forward(shared.inputs[part], inputs, values)
            torch.softmax(inputs[2], 1, out=deltas[2])
            if half == 0:
                # The softmaxes of both losses cancel at weight 1: what is left of -ln p(y|x) + E(x) is -NN(x)[y].
                deltas[2].zero_()[torch.arange(end - first), labels[row + first : row + end]] = -1
            deltas[2].mul_(1 / BATCH)
            self.backward(inputs, deltas)
        self.wait()
        step = update + 1
        rate, correction = RATE / (1 - BETA1**step), (1 - BETA2**step) ** -0.5
        for layer in range(3):
            low, high = self.shares[layer]
            below = shared.inputs if layer == 0 else shared.values[layer - 1]
            gradient = torch.mm(below[:, low:high].t(), shared.deltas[layer], out=shared.gradients[layer][low:high])
            adam(weights[layer][low:high], gradient, *(s[low:high] for s in shared.weight_states[layer]), shared.scratch[layer][low:high], rate, correction)
            if self.member == 0:
                gradient = torch.sum(shared.deltas[layer], 0)
                adam(biases[layer], gradient, *shared.bias_states[layer], torch.empty_like(gradient), rate, correction)
        self.wait()
        if self.member == 0:
            update += 1

    def wait(self):
        if self.barrier is not None:
            self.barrier.wait()


def adam(weight, gradient, mean, square, scratch, rate, correction):
    mean.lerp_(gradient, 1 - BETA1)
    square.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
    torch.sqrt(square, out=scratch).mul_(correction).add_(EPSILON)
    weight.addcdiv_(mean, scratch, value=-rate)


class Shared:
    inputs = torch.empty(2 * BATCH, 784)
    units = [torch.empty(2 * BATCH, n) for n in SIZES[1:]]
    values = [torch.empty(2 * BATCH, n) for n in SIZES[1:3]]
    deltas = [torch.empty(2 * BATCH, n) for n in SIZES[1:]]
    gradients = [torch.empty_like(w) for w in weights]
    scratch = [torch.empty_like(w) for w in weights]
    weight_states = [(torch.zeros_like(w), torch.zeros_like(w)) for w in weights]
    bias_states = [(torch.zeros_like(b), torch.zeros_like(b)) for b in biases]
    places = None


shared = Shared()


def hand_round():
    members = THREADS if FORM == "rows" else 1
    barrier = threading.Barrier(members) if members > 1 else None

    def work(member):
        torch.set_grad_enabled(False)
        hand = Hand(member, members, barrier)
        for _ in range(UPDATES):
            hand.run()

    team = [threading.Thread(target=work, args=(member,)) for member in range(1, members)]
    for thread in team:
        thread.start()
    work(0)
    for thread in team:
        thread.join()


def autograd_round():
    for _ in range(UPDATES):
        autograd_update()


if FORM == "autograd":
    optimizer = torch.optim.Adam([p.requires_grad_(True) for p in weights + biases], RATE)


def timed_round():
    clock = time.process_time if THREADS == 1 else time.perf_counter
    start = clock()
    autograd_round() if FORM == "autograd" else hand_round()
    print(f"{1e3 * (clock() - start) / UPDATES:.4f}", flush=True)


if len(sys.argv) > 3:
    for _ in range(int(sys.argv[3])):
        timed_round()
else:
    for _ in sys.stdin:
        timed_round()
