"""Purchase orders and their lines."""

from bot.database.controllers.documents import DocumentController, LineController
from bot.database.models import OrderLine, PurchaseOrder
from bot.domain.documents import ORDER


class OrderController(DocumentController[PurchaseOrder]):
    """What is ordered from suppliers."""

    model = PurchaseOrder
    kind = ORDER
    subject_code = "o"
    noun = "order"
    permission = "order.view"


class OrderLineController(LineController):
    """The items of orders, and how much of each came in."""

    model = OrderLine
    document_key = "order_id"
    noun = "order line"
    permission = "order.view"
