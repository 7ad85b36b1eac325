"""Registers: what modules declare when they are imported, loaded as a whole."""

import importlib
import pkgutil
from types import ModuleType


def load_modules(package: ModuleType) -> list[ModuleType]:
    """Import every module of a package, and with them all that they declare."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [importlib.import_module(module.name) for module in found]
