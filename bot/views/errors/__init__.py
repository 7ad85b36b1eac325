"""Errors become words here, and nowhere else: what is wrong, what to do, with the figures.

One `explain` for all; what only one noun can raise is explained in the module of that noun.
"""

from bot.views.errors import (
    approvals,
    general,
    guild_settings,
    items,
    library,
    locations,
    members,
    records,
    roles,
    stock,
    suppliers,
    values,
)
from bot.views.errors.translator import explain, interrupted, unexpected

# Importing a noun's module registers its explanations.
_MODULES = (
    approvals,
    general,
    guild_settings,
    items,
    library,
    locations,
    members,
    records,
    roles,
    stock,
    suppliers,
    values,
)

__all__ = ["explain", "interrupted", "unexpected"]
