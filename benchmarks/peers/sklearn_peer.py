"""scikit-learn's BernoulliRBM in float32: its own updates, in the loop of its fit, from given parameters and chains.

Its algorithm is PCD-1 with a chain a row. Calling fit would draw other starting weights, and partial_fit would turn rows to float64, so
the loop of fit stands here, around the method that fit calls for a minibatch.
"""

import time

import numpy as np
import sklearn
from sklearn.neural_network import BernoulliRBM


def versions():
    return {"scikit-learn": sklearn.__version__, "numpy": np.__version__}


class Peer:
    def __init__(self, threads):
        self.threads = threads

    def begin(self, visible, hidden, parameters, rows, seed, algorithm, steps, batch, rate):
        if (algorithm, steps) != ("pcd", 1):
            raise ValueError(f"BernoulliRBM knows PCD-1, not {algorithm.upper()}-{steps}")
        values = np.fromfile(parameters, "<f4").astype(np.float32)
        split = visible * hidden
        self.bits = np.fromfile(rows, np.uint8).reshape(-1, visible)
        self.rows = None
        self.batch = batch
        self.random = np.random.RandomState(seed)

        self.rbm = BernoulliRBM(n_components=hidden, learning_rate=rate, batch_size=batch)
        # As fit has them: components_ is [hidden, visible] in column-major order, so W as it stands in the file.
        self.rbm.components_ = values[:split].reshape(visible, hidden).copy().T
        self.rbm.intercept_visible_ = values[split : split + visible].copy()
        self.rbm.intercept_hidden_ = values[split + visible :].copy()
        starts = self.bits[:batch].astype(np.float32)
        self.rbm.h_samples_ = self.rbm._sample_hiddens(starts, self.random).astype(np.float32)

    def order(self, path):
        order = np.fromfile(path, "<i4")
        if self.rows is None:
            self.rows = np.empty((len(order), self.bits.shape[1]), np.float32)
        self.rows[:] = self.bits[order]

    def run(self, first, count):
        batches = [slice(update * self.batch, (update + 1) * self.batch) for update in range(first, first + count)]
        start = time.perf_counter()
        for batch in batches:
            self.rbm._fit(self.rows[batch], self.random)
        return {"seconds": time.perf_counter() - start}

    def save(self, path):
        rbm = self.rbm
        if rbm.components_.dtype != np.float32:
            raise TypeError(f"expected float32 weights, found {rbm.components_.dtype}")
        parts = (rbm.components_.T.ravel(), rbm.intercept_visible_, rbm.intercept_hidden_)
        np.concatenate(parts).astype("<f4").tofile(path)
