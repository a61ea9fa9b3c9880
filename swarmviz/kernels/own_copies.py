"""Compiled code calls its own copies of the functions that it shares with other compiled code.

Numba links what a kernel calls into the kernel's module and gives it weak names. Where the process knows a function of that name already,
since it has just compiled it by itself, the loader takes that one, and otherwise the copy. Both do the same, but the compiler has seen them
in other surroundings and may order their sums differently: the process that compiled a kernel gave other last bits than every later one,
which loads it. So each module keeps its copies to itself. What is linked further on stays as numba makes it.

This stands on names that are numba's own affair (numba 0.68); where a version lacks one, its linking is left as it is, and
tests/kernels/test_own_copies.py tells.
"""

from __future__ import annotations

from typing import Any

try:
    from llvmlite.binding import Linkage
    from numba.core.codegen import JITCodeLibrary
except ImportError:
    Linkage = JITCodeLibrary = None

SHARED = ("linkonce_any", "linkonce_odr", "weak_any", "weak_odr")  # a definition that gives way to one of the same name


def keep_own_copies(prefix: str) -> bool:
    """Let modules with a function whose compiled name contains ``prefix`` keep their copies of what they call.

    Returns
    -------
    bool
        Whether this version of numba allows it; a second call changes nothing.
    """
    finalise = getattr(JITCodeLibrary, "_finalize_final_module", None)
    if finalise is None or not hasattr(JITCodeLibrary, "_get_module_for_linking"):
        return False
    if getattr(finalise, "keeps_own_copies", False):
        return True

    def finalise_with_own_copies(library: Any) -> None:
        module = library._final_module
        defined = [function for function in module.functions if not function.is_declaration]
        copies = [function for function in defined if function.linkage.name in SHARED]
        if copies and any(prefix in function.name for function in defined):
            library._shared_module = _linkable(module)
            for function in copies:
                function.linkage = Linkage.internal
        finalise(library)

    finalise_with_own_copies.keeps_own_copies = True  # type: ignore[attr-defined]
    JITCodeLibrary._finalize_final_module = finalise_with_own_copies
    return True


def _linkable(module: Any) -> Any:
    """A copy of a module for others to link, as numba makes it: what it defines for the outside gives way to the same from elsewhere."""
    copy = module.clone()
    for function in copy.functions:
        if not function.is_declaration and function.linkage is Linkage.external:
            function.linkage = Linkage.linkonce_odr
    return copy
