"""A NumPy checkerboard Ising sampler, to compare with the row "Ising sweep" of the benchmark program's look command.

    python3 ising_peer.py [--side 256] [--beta 0.4] [--sweeps 200]

One lattice, int8 spins, both colours by np.roll and masks, heat-bath probabilities from a table of the five neighbour sums, float32
uniforms into an array that stays. Prints spins per nanosecond of the best of five rounds.
"""
import argparse
import time

import numpy as np


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--beta", type=float, default=0.4)
    parser.add_argument("--sweeps", type=int, default=200)
    args = parser.parse_args()
    side = args.side
    random = np.random.Generator(np.random.SFC64(1))
    half = side // 2

    # Each colour packed to half the width: neighbours are the other colour's rows above and below, itself and one column beside.
    even = np.where(random.random((side, half)) < 0.5, 1, -1).astype(np.int8)
    odd = np.where(random.random((side, half)) < 0.5, 1, -1).astype(np.int8)
    table = (1 / (1 + np.exp(-2 * args.beta * np.arange(-4, 5)))).astype(np.float32)
    uniform = np.empty((side, half), np.float32)
    total = np.empty((side, half), np.int8)
    shifted_rows = np.arange(side) % 2

    def draw(spins, other, parity):
        np.add(np.roll(other, 1, 0), np.roll(other, -1, 0), out=total)
        np.add(total, other, out=total)
        left = shifted_rows == parity
        total[left] += np.roll(other[left], 1, 1)
        total[~left] += np.roll(other[~left], -1, 1)
        np.add(total, 4, out=total)
        random.random(out=uniform, dtype=np.float32)
        spins[...] = np.where(uniform < table[total], 1, -1)

    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(args.sweeps):
            draw(even, odd, 0)
            draw(odd, even, 1)
        best = min(best, time.perf_counter() - start)

    energy = 0
    lattice = np.empty((side, side), np.int8)
    rows = np.arange(side)
    lattice[rows % 2 == 0, 0::2] = even[rows % 2 == 0]
    lattice[rows % 2 == 0, 1::2] = odd[rows % 2 == 0]
    lattice[rows % 2 == 1, 1::2] = even[rows % 2 == 1]
    lattice[rows % 2 == 1, 0::2] = odd[rows % 2 == 1]
    energy = -(lattice * np.roll(lattice, 1, 0)).mean(dtype=float) - (lattice * np.roll(lattice, 1, 1)).mean(dtype=float)
    print(f"numpy {np.__version__}: {side * side * args.sweeps / best / 1e9:.4f} spins a nanosecond, energy a site {energy:.4f}")


if __name__ == "__main__":
    main()
