"""PyTorch on CPU for real-valued units: milliseconds an update, the best of several passes over 6,000 rows.

    python3 units_peer.py gaussian THREADS    CD-1, 784x500, batch 100: normal visible units of variance 1
    python3 units_peer.py noisy THREADS       CD-10, 784x256, batch 64: visible units sigmoid(I) + 0.1 z

No autograd, addmm into tensors that stay, element-wise work in place, uniform numbers by NumPy's PCG64; each thread has its own rows,
then its own visible units of the gradient. OPENBLAS_CORETYPE=SkylakeX and ATEN_CPU_CAPABILITY=avx512 on processors that have them.
"""

import os
import sys
import threading
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import torch

torch.set_grad_enabled(False)
torch.set_num_threads(1)

KIND, THREADS = sys.argv[1], int(sys.argv[2])
ROWS, VISIBLE, PASSES, RATE = 6000, 784, 6, 0.005
HIDDEN, BATCH, STEPS = (500, 100, 1) if KIND == "gaussian" else (256, 64, 10)

data = torch.randn(ROWS, VISIBLE) if KIND == "gaussian" else (torch.rand(ROWS, VISIBLE) < 0.19).float() * torch.rand(ROWS, VISIBLE)
weights = torch.randn(VISIBLE, HIDDEN) * 0.01
transposed = weights.t()
visible_bias, hidden_bias = torch.zeros(VISIBLE), torch.zeros(HIDDEN)
both_visible, both_hidden = torch.empty(2 * BATCH, VISIBLE), torch.empty(2 * BATCH, HIDDEN)
barrier = threading.Barrier(THREADS)
times = []


def work(member):
    first, end = BATCH * member // THREADS, BATCH * (member + 1) // THREADS
    low, high = VISIBLE * member // THREADS, VISIBLE * (member + 1) // THREADS
    rows = end - first
    random = np.random.Generator(np.random.PCG64(member))
    normals = torch.Generator().manual_seed(member)
    uniform, noise = torch.empty(rows, HIDDEN), torch.empty(rows, VISIBLE)
    memory = uniform.numpy()
    hidden = torch.empty(rows, HIDDEN)
    plus, minus = both_visible[first:end], both_visible[BATCH + first : BATCH + end]
    plus_means, minus_means = both_hidden[first:end], both_hidden[BATCH + first : BATCH + end]
    own_weights, own_bias, own_visible = weights[low:high], visible_bias[low:high], both_visible[:, low:high].t()

    def draw_hidden(means):
        random.random(dtype=np.float32, out=memory)
        torch.lt(uniform, means, out=hidden)

    for _ in range(PASSES):
        start = time.perf_counter()
        updates = 0
        for row in range(0, ROWS - BATCH + 1, BATCH):
            plus.copy_(data[row + first : row + end])
            torch.addmm(hidden_bias, plus, weights, out=plus_means).sigmoid_()
            draw_hidden(plus_means)
            for step in range(STEPS):
                torch.addmm(visible_bias, hidden, transposed, out=minus)
                noise.normal_(generator=normals)
                if KIND == "gaussian":
                    minus.add_(noise)
                else:
                    minus.sigmoid_().add_(noise, alpha=0.1)
                torch.addmm(hidden_bias, minus, weights, out=minus_means).sigmoid_()
                if step < STEPS - 1:
                    draw_hidden(minus_means)
            minus_means.neg_()
            barrier.wait()
            own_weights.addmm_(own_visible, both_hidden, alpha=RATE / BATCH)
            own_bias.add_(both_visible[:BATCH, low:high].sum(0) - both_visible[BATCH:, low:high].sum(0), alpha=RATE / BATCH)
            if member == 0:
                hidden_bias.add_(both_hidden.sum(0), alpha=RATE / BATCH)
            barrier.wait()
            updates += 1
        if member == 0:
            times.append((time.perf_counter() - start) / updates)


team = [threading.Thread(target=work, args=(member,)) for member in range(THREADS)]
for thread in team:
    thread.start()
for thread in team:
    thread.join()
print(f"{KIND}, threads {THREADS}: {1e3 * min(times):.2f} ms an update, {min(times) * 60000 / BATCH:.2f} s for 60,000 rows (torch {torch.__version__})")
