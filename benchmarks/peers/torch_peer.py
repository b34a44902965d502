"""PyTorch on CPU: no autograd, fused products (addmm) into tensors that stay, element-wise work in place.

Tensors share memory with NumPy arrays, which lets NumPy's generator fill the uniform numbers: PCG64 takes 1.4 ns a number,
torch.Tensor.uniform_ (a Mersenne Twister) 2.3, and torch.bernoulli, which draws doubles, 10.
"""

import numpy as np
import torch
from team_peer import TeamPeer, share

torch.set_grad_enabled(False)
torch.set_num_threads(1)


def versions():
    capability = [line.split(":")[1].strip() for line in torch.__config__.show().splitlines() if "CPU capability" in line]
    return {"torch": torch.__version__, "torch vectors": "".join(capability), "numpy": np.__version__}


class Member:
    def __init__(self, peer, rows, seed):
        self.weights = torch.from_numpy(peer.weights)
        self.visible_bias = torch.from_numpy(peer.visible_bias)
        self.hidden_bias = torch.from_numpy(peer.hidden_bias)
        self.transposed = self.weights.t()
        self.random = np.random.Generator(np.random.PCG64(seed))
        visible, hidden = peer.weights.shape
        uniform = torch.empty(rows * max(visible, hidden))
        self.visible_uniform = uniform[: rows * visible].view(rows, visible)
        self.hidden_uniform = uniform[: rows * hidden].view(rows, hidden)
        self.visible_memory = self.visible_uniform.numpy()
        self.hidden_memory = self.hidden_uniform.numpy()

    def mean_hidden(self, visible, means):
        torch.addmm(self.hidden_bias, visible, self.weights, out=means).sigmoid_()

    def mean_visible(self, hidden, means):
        torch.addmm(self.visible_bias, hidden, self.transposed, out=means).sigmoid_()

    def draw_hidden(self, means, states):
        self.random.random(dtype=np.float32, out=self.hidden_memory)
        torch.lt(self.hidden_uniform, means, out=states)

    def draw_visible(self, means, states):
        self.random.random(dtype=np.float32, out=self.visible_memory)
        torch.lt(self.visible_uniform, means, out=states)


class TrainingMember(Member):
    def __init__(self, peer, member, seed):
        batch = peer.job["batch"]
        self.first, self.end = share(batch, member, peer.threads)
        rows = self.end - self.first
        super().__init__(peer, rows, seed)
        self.persistent = peer.job["algorithm"] == "pcd"
        self.steps = peer.job["steps"]
        self.rate = peer.job["rate"] / batch

        both_visible, both_hidden = torch.from_numpy(peer.both_visible), torch.from_numpy(peer.both_hidden)
        own = slice(2 * self.first, 2 * self.end)
        self.visible, self.hidden = both_visible[own], both_hidden[own]
        self.data, self.chain_visible = self.visible[:rows], self.visible[rows:]
        self.data_hidden, self.chain_means = self.hidden[:rows], self.hidden[rows:]
        peer.signs[own] = np.repeat(np.float32([1, -1]), rows)

        low, high = share(peer.weights.shape[0], member, peer.threads)
        self.all_visible = both_visible[:, low:high].t()
        self.all_hidden = both_hidden
        self.all_hidden_transposed = both_hidden.t()
        self.signs = torch.from_numpy(peer.signs)
        self.ones = torch.ones(2 * batch)
        self.own_weights = self.weights[low:high]
        self.own_bias = self.visible_bias[low:high]
        self.first_member = member == 0

        self.chain_hidden = torch.empty(rows, peer.weights.shape[1])
        if self.persistent:
            starts = torch.from_numpy(peer.bits[self.first : self.end].astype(np.float32))
            self.mean_hidden(starts, self.chain_means)
            self.draw_hidden(self.chain_means, self.chain_hidden)

    def phases(self, batch):
        self.data.copy_(torch.from_numpy(batch[self.first : self.end]))
        if not self.persistent:
            self.mean_hidden(self.data, self.data_hidden)
            self.draw_hidden(self.data_hidden, self.chain_hidden)
        for step in range(self.steps):
            last = step == self.steps - 1
            self.mean_visible(self.chain_hidden, self.chain_visible)
            self.draw_visible(self.chain_visible, self.chain_visible)
            if last and self.persistent:
                self.mean_hidden(self.visible, self.hidden)
            else:
                self.mean_hidden(self.chain_visible, self.chain_means)
            if self.persistent or not last:
                self.draw_hidden(self.chain_means, self.chain_hidden)
        self.chain_means.neg_()

    def step(self):
        self.own_weights.addmm_(self.all_visible, self.all_hidden, alpha=self.rate)
        self.own_bias.addmv_(self.all_visible, self.signs, alpha=self.rate)
        if self.first_member:
            self.hidden_bias.addmv_(self.all_hidden_transposed, self.ones, alpha=self.rate)


class SamplingMember(Member):
    def __init__(self, peer, member, seed):
        first, end = share(peer.job["chains"], member, peer.threads)
        super().__init__(peer, end - first, seed)
        self.visible = torch.from_numpy(peer.states[first:end])
        self.hidden = torch.empty(end - first, peer.weights.shape[1])
        self.visible_means = torch.empty_like(self.visible)
        self.hidden_means = torch.empty_like(self.hidden)

    def sweep(self):
        self.mean_hidden(self.visible, self.hidden_means)
        self.draw_hidden(self.hidden_means, self.hidden)
        self.mean_visible(self.hidden, self.visible_means)
        self.draw_visible(self.visible_means, self.visible)


class Peer(TeamPeer):
    def __init__(self, threads):
        super().__init__(threads, TrainingMember, SamplingMember)
