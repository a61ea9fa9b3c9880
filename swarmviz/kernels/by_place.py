"""Numba's cache, with folders that are named by the place of a source in the package instead of its path.

So the compiled code of one checkout is found from another one, or from an installed package, of the same sources. What keeps code of other
sources apart is the folder above, which is named by their content (:mod:`swarmviz.kernels.sources`). A version of numba that lacks the
method that is replaced here names the folders by paths; one that lacks a class fails when this module is imported.
"""

from __future__ import annotations

from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator

from swarmviz.kernels import sources


class Locator(UserProvidedCacheLocator):
    """Finds the folder of a function."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        """The name of the folder; of a function that is not of the package, a hash of its path, as numba makes it."""
        place = sources.place_of(py_file)
        return super().get_suitable_cache_subpath(py_file) if place is None else ".".join(("swarmviz", *place[:-1]))


class Located(CompileResultCacheImpl):
    """What is kept of a function, and where."""

    _locator_classes = (Locator, *CompileResultCacheImpl._locator_classes)


class ByPlace(FunctionCache):
    """The cache of a function."""

    _impl_class = Located
