"""Refusals about documents of every kind."""

from typing import Final

from bot.domain.documents import NotADocument
from bot.locales import N_, _
from bot.views.errors.translator import explain
from bot.views.text import bold

_WRONG: Final = {
    "count": N_("{value} is not the number of a count. Write one such as `{example}`."),
    "request": N_("{value} is not the number of a request. Write one such as `{example}`."),
    "order": N_("{value} is not the number of an order. Write one such as `{example}`."),
    "payment": N_("{value} is not the number of a payment. Write one such as `{example}`."),
}
_ANY: Final = N_("{value} is not such a number. Write one such as `{example}`.")


@explain.register
def explain_not_a_document(error: NotADocument) -> str:
    """Say how numbers of this kind are written."""
    text = _WRONG.get(error.noun, _ANY)
    return _(text).format(value=bold(error.typed), example=error.example)
