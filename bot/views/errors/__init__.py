"""Errors become words here, and nowhere else: what is wrong, what to do, with the figures.

One `explain` for all; what only one noun can raise is explained in the module of that noun.
"""

import importlib
import pkgutil

from bot.views.errors.translator import explain, interrupted, unexpected

# Importing a noun's module registers its explanations.
for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["explain", "interrupted", "unexpected"]
