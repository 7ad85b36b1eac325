"""The database: a guild's books behind three doors, each of which needs an actor.

`db.look_up(actor)` opens the controllers on one read snapshot, `db.query(...)` answers a declared
query, `db.run(...)` carries out a declared operation: all or nothing, with exactly one record.
"""

from bot.database.controllers import BaseController, Page
from bot.database.engine import DatabaseSettings
from bot.database.operations import Operation, Query, operation, query
from bot.database.service import DatabaseService
from bot.database.unit import Books, UnitOfWork

__all__ = [
    "BaseController",
    "Books",
    "DatabaseService",
    "DatabaseSettings",
    "Operation",
    "Page",
    "Query",
    "UnitOfWork",
    "operation",
    "query",
]
