"""Runs one peer: python3 run.py torch|numpy|sklearn --threads N

The peer reads a command a line from standard input and answers with a line on standard output, both JSON objects. It ends when the
input ends. Times are of the training loop or the sweeps alone: rows are in memory, in order and in the type that the peer wants.

    begin   visible, hidden, parameters, rows, seed, and either algorithm, steps, batch, rate (training) or chains (sampling)
    order   path: the rows of the next epoch in their order
    run     first, count: updates of the epoch from the first on, or sweeps -> seconds
    save    path: parameters after training, visible states after sampling

Files are raw little-endian numbers: parameters are float32 W [visible, hidden], visible bias, hidden bias; rows and states a byte a
unit; orders int32.
"""

import argparse
import importlib
import json
import os
import platform
import sys

# Module, and whether it brings its own threads: then the BLAS library gets one.
PEERS = {
    "torch": ("torch_peer", True),
    "numpy": ("numpy_peer", True),
    "sklearn": ("sklearn_peer", False),
}


def blas_library():
    """The BLAS library that this process has mapped, with its version, threading layer and kernels where they are known."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return mapped_blas()
    for library in threadpool_info():
        if library["user_api"] == "blas":
            parts = (library["internal_api"], library["version"], library.get("threading_layer"), library.get("architecture"))
            return " ".join(str(part) for part in parts if part)
    return mapped_blas()


def mapped_blas():
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            names = {line.split("/")[-1].strip() for line in maps if "blas" in line or "libmkl" in line}
    except OSError:
        return "unknown"
    return ", ".join(sorted(names)) or "none"


def serve(peer, answer):
    commands = {"begin": peer.begin, "order": peer.order, "run": peer.run, "save": peer.save}
    for line in sys.stdin:
        command = json.loads(line)
        name = command.pop("command")
        answer(commands[name](**command) or {})


def main():
    parser = argparse.ArgumentParser(description="Runs one peer of the comparison.")
    parser.add_argument("peer", choices=sorted(PEERS))
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    # Whatever a library prints goes to standard error: standard output is for answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)

    def answer(values):
        answers.write(json.dumps(values) + "\n")

    module_name, own_threads = PEERS[arguments.peer]
    os.environ["OMP_NUM_THREADS"] = "1" if own_threads else str(arguments.threads)
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        answer({"missing": error.name or str(error)})
        return
    versions = {"python": platform.python_version(), **module.versions(), "blas": blas_library()}
    answer({"versions": versions})
    serve(module.Peer(arguments.threads), answer)


if __name__ == "__main__":
    main()
