"""What the NumPy and the PyTorch peer share: parameters, rows and a team of threads that split the minibatch or the chains.

Each thread carries its rows through all half steps, with a BLAS library of one thread, and after a barrier updates its share of the
visible units' weights over the whole minibatch. That is faster than threads within each operation, as random numbers and small
operations are then parallel too.
"""

import threading
import time

import numpy as np


def share(count, member, members):
    return count * member // members, count * (member + 1) // members


class TeamPeer:
    """A peer whose members know two things: a phase pair of their rows with the step that follows, and a sweep of their chains."""

    def __init__(self, threads, training_member, sampling_member):
        self.threads = threads
        self.training_member = training_member
        self.sampling_member = sampling_member

    def begin(self, visible, hidden, parameters, rows, seed, **job):
        values = np.fromfile(parameters, "<f4").astype(np.float32)
        split = visible * hidden
        self.weights = values[:split].reshape(visible, hidden).copy()
        self.visible_bias = values[split : split + visible].copy()
        self.hidden_bias = values[split + visible :].copy()
        self.bits = np.fromfile(rows, np.uint8).reshape(-1, visible)
        self.rows = None
        self.job = job
        if "chains" in job:
            self.states = self.bits[np.arange(job["chains"]) % len(self.bits)].astype(np.float32)
            member_class = self.sampling_member
        else:
            batch = job["batch"]
            # Rows of data and of chains stand together, member by member, so that one product serves both phases.
            self.both_visible = np.empty((2 * batch, visible), np.float32)
            self.both_hidden = np.empty((2 * batch, hidden), np.float32)
            self.signs = np.empty(2 * batch, np.float32)
            member_class = self.training_member
        # Independent streams of one seed.
        seeds = np.random.SeedSequence(seed).spawn(self.threads)
        self.members = [member_class(self, member, seeds[member]) for member in range(self.threads)]

    def order(self, path):
        order = np.fromfile(path, "<i4")
        if self.rows is None:
            self.rows = np.empty((len(order), self.bits.shape[1]), np.float32)
        self.rows[:] = self.bits[order]

    def run(self, first, count):
        if "chains" in self.job:

            def work(member, _):
                for _ in range(count):
                    member.sweep()
        else:
            batch = self.job["batch"]

            def work(member, barrier):
                for update in range(first, first + count):
                    member.phases(self.rows[update * batch : (update + 1) * batch])
                    barrier.wait()
                    member.step()
                    barrier.wait()

        start = time.perf_counter()
        self.each(work)
        return {"seconds": time.perf_counter() - start}

    def each(self, work):
        """Runs work(member, barrier) on all threads and raises what one of them raised."""
        failures = []
        barrier = threading.Barrier(self.threads)

        def guarded(member):
            try:
                work(member, barrier)
            except Exception as error:
                failures.append(error)
                barrier.abort()

        threads = [threading.Thread(target=guarded, args=(member,)) for member in self.members[1:]]
        for thread in threads:
            thread.start()
        guarded(self.members[0])
        for thread in threads:
            thread.join()
        for failure in failures:
            if not isinstance(failure, threading.BrokenBarrierError):
                raise failure

    def save(self, path):
        if "chains" in self.job:
            self.states.astype(np.uint8).tofile(path)
        else:
            parts = (self.weights.ravel(), self.visible_bias, self.hidden_bias)
            np.concatenate(parts).astype("<f4").tofile(path)
