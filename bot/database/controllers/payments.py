"""Payments of bills."""

from bot.database.controllers.documents import DocumentController
from bot.database.models import Payment
from bot.domain.documents import PAYMENT


class PaymentController(DocumentController[Payment]):
    """Who asked for payments, approved them and paid."""

    model = Payment
    kind = PAYMENT
    subject_code = "p"
    noun = "payment"
    permission = "price.view"
