"""BaseController: the queries that every table needs, bound to one guild's rows.

Statements are built once per class and set of columns: building one per call costs as much as
running it. Rows become plain, detached model instances; nothing loads lazily behind a caller.
"""

from bot.database.controllers.changes import ChangedRows, ChangesController
from bot.database.controllers.paging import Narrowing, Page, PagingController
from bot.database.controllers.reading import MAX_ROWS, RowT
from bot.database.controllers.writing import WritingController

__all__ = ["MAX_ROWS", "BaseController", "ChangedRows", "Narrowing", "Page"]


class BaseController(WritingController[RowT], PagingController[RowT], ChangesController[RowT]):
    """Reads and writes one table of one guild; never commits, never sees another guild.

    Subclasses name their `model`, the `noun` that people know it by, and the `permission`
    that looking at it takes. Columns that are `encrypted` are encrypted in the database only.
    """
