"""Finding what a package offers: one file an entry, nothing to edit elsewhere.

A package of algorithms, backbones or commands is read by importing each of its modules and
taking the object that the module publishes under an agreed name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator


def discover(package: str, attribute: str) -> Iterator[object]:
    """Yield `attribute` of every module of `package` that has one, in order of module name."""
    folder = importlib.import_module(package).__path__
    for name in sorted(module.name for module in pkgutil.iter_modules(folder)):
        module = importlib.import_module(f"{package}.{name}")
        if hasattr(module, attribute):
            yield getattr(module, attribute)
