"""NumPy as a Hopfield network: recall of noisy patterns, a line of JSON an answer.

    python3 hopfield_peer.py PATTERNS.npy PROBES.npy

Reads lines "FORM SWEEPS STOP" and answers {"seconds": ..., "states": sha256 of the packed final states}. Forms, all in float32, whose sums of
whole numbers are exact here: sync (one product a sweep for all probes), single (one dot product a unit and probe), batched (one product a unit for all
probes), flips (inputs are kept, and a row of weights is added when a unit flips). STOP 1 ends a probe that doesn't change any more, 0 runs all sweeps.
Bytes of 0 and 1 in the files; ties keep the state; units in ascending order. One thread; OPENBLAS_CORETYPE=SkylakeX on processors with AVX-512 that
OpenBLAS 0.3.21 doesn't know.
"""

import hashlib
import json
import os
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

patterns = 2 * np.load(sys.argv[1]).astype(np.float32) - 1
probes = 2 * np.load(sys.argv[2]).astype(np.float32) - 1
units = patterns.shape[1]
weights = patterns.T @ patterns
np.fill_diagonal(weights, 0)


def synchronous(sweeps, stop):
    states, inputs = probes.copy(), np.empty_like(probes)
    for _ in range(sweeps):
        np.matmul(states, weights, out=inputs)
        wants = inputs * states < 0
        if stop and not wants.any():
            break
        np.negative(states, out=states, where=wants)
    return states


def single(sweeps, stop):
    states = probes.copy()
    for state in states:
        for _ in range(sweeps):
            changed = False
            for i in range(units):
                x = weights[i] @ state
                if x * state[i] < 0:
                    state[i] = -state[i]
                    changed = True
            if stop and not changed:
                break
    return states


def batched(sweeps, stop):
    # Rows of states are contiguous dot products: half the time of a product with the states turned.
    states = probes.copy()
    inputs = np.empty(len(states), np.float32)
    for _ in range(sweeps):
        changed = False
        for i in range(units):
            np.dot(states, weights[i], out=inputs)
            column = states[:, i]
            inputs *= column
            if inputs.min() < 0:
                np.negative(column, out=column, where=inputs < 0)
                changed = True
        if stop and not changed:
            break
    return states


def by_flips(sweeps, stop):
    states = probes.copy()
    start = states @ weights
    doubled = 2 * weights
    for state, inputs in zip(states, start):
        for _ in range(sweeps):
            changed = False
            i = 0
            while True:
                wants = inputs[i:] * state[i:] < 0
                k = int(wants.argmax())
                if not wants[k]:
                    break
                i += k
                state[i] = -state[i]
                if state[i] > 0:
                    inputs += doubled[i]
                else:
                    inputs -= doubled[i]
                changed = True
                i += 1
                if i == units:
                    break
            if not changed:
                break
    return states


forms = {"sync": synchronous, "single": single, "batched": batched, "flips": by_flips}
print(json.dumps({"numpy": np.__version__}), flush=True)
for line in sys.stdin:
    form, sweeps, stop = line.split()
    # Processor time: with one thread it is what the wall would show on an idle machine, and other work can't spoil a long run.
    begin = time.process_time()
    result = forms[form](int(sweeps), stop == "1")
    seconds = time.process_time() - begin
    packed = np.packbits(result > 0, axis=1, bitorder="little")
    print(json.dumps({"seconds": seconds, "states": hashlib.sha256(packed.tobytes()).hexdigest()}), flush=True)
