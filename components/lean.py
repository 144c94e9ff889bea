"""Imports without what the imported would import for parts that nobody asks for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """While it is open, these packages cannot be imported, as if they were not installed; what is loaded stays.

    For imports alone, and of libraries that do without: other threads cannot import the packages either.
    """
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # Python's own way to say that there is none
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def prepare_transformers() -> None:
    """To be called before the first import of transformers, which asks once what is installed and imports it: SciPy is
    for losses of models that look for objects in pictures, and takes 0.4 seconds of the processor."""
    if "transformers" not in sys.modules:
        with without("scipy"):
            from transformers.utils.import_utils import is_scipy_available

            is_scipy_available()
