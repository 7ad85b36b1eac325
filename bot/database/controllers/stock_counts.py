from bot.database.controllers.documents import DocumentController, LineController
from bot.database.models import CountLine, StockCount
from bot.domain.documents import COUNT


class StockCountController(DocumentController[StockCount]):
    """Counts of what is at locations."""

    model = StockCount
    kind = COUNT
    noun = "count"
    permission = "count.perform"


class CountLineController(LineController):
    """What there is to count, and what was counted."""

    model = CountLine
    document_key = "count_id"
    noun = "count line"
    permission = "count.perform"
