"""Compile all kernels in advance, with progress on the console: ``python -m swarmviz.warm``."""

from __future__ import annotations

import sys
import time

from swarmviz import landscapes
from swarmviz.compilers import LANDSCAPE, Compilers, Done, kernels


def warm(out=sys.stdout, processes: int | None = None) -> None:
    """Compile every kernel and every landscape; a second run finds the kernels in the cache.

    Parameters
    ----------
    out : file
        Where the progress goes.
    processes : int, optional
        How many compile side by side, each 0.4 GB; as many as there are cores, but no more than four, when absent.

    Raises
    ------
    RuntimeError
        When something cannot be compiled; the rest is.
    """
    began, failed = time.perf_counter(), list[Done]()
    names = [kernel.name for kernel in kernels() if not kernel.kept]
    names += [f"{LANDSCAPE}{name}" for name in landscapes.ALL]

    def report(done: Done) -> None:
        of = len(names)
        place, words = compilers.progress[0], done.error or f"{done.seconds:6.2f} s"
        print(f"[{place:2}/{of}] {done.name.replace(':', ' '):50}{words}", file=out, flush=True)
        if done.error:
            failed.append(done)

    compilers = Compilers(names, processes, report)
    try:
        compilers.start()
        compilers.join()
    finally:
        compilers.close()
    if failed:
        raise RuntimeError("; ".join(f"{done.name}: {done.error}" for done in failed))
    print(f"All kernels are ready after {time.perf_counter() - began:.1f} s.", file=out, flush=True)


if __name__ == "__main__":
    warm()
