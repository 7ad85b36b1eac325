"""Folds of what is decided about: the thing itself, and the steps of its approval."""

from typing import Any, Final

from bot.domain.approvals import Effect, Round, StatusTable
from bot.domain.counts import COUNT_STATUSES
from bot.domain.orders import ORDER_STATUSES
from bot.domain.payments import PAYMENT_STATUSES
from bot.domain.replay import Expected, Fold, Replay, Said
from bot.domain.replay_folds.documents import fold_document
from bot.domain.suppliers import STATUSES

# What a first record about a supplier leaves out has these values.
_SUPPLIER: Final = {"email": "", "phone": "", "tax id": "", "note": ""}
# Kinds of things that are decided about, with their steps; each needs one approval.
_KINDS: Final[dict[str, StatusTable]] = {
    "supplier": STATUSES,
    "count": COUNT_STATUSES,
    "order": ORDER_STATUSES,
    "payment": PAYMENT_STATUSES,
}
# Of these the records say every column; the approval follows from their steps.
_DOCUMENTS: Final = frozenset({"count", "order", "payment"})
# What a step says of itself and the thing itself does not contain.
_OF_STEP: Final = frozenset({"status", "reason", "approvals"})
# Rejections of the format's programs emptied the list of those who may not decide.
_FORGIVING_FORMAT: Final = 1


def fold_step(replay: Replay, said: Said) -> None:
    """Fold a step about a thing that is decided about: the thing itself, and its approval."""
    noun, _, past = said.action.partition(".")
    table = _KINDS[noun]
    if noun in _DOCUMENTS:
        fold_document(replay, said)
    else:
        contents = {name: value for name, value in said.after.items() if name not in _OF_STEP}
        first = {**_SUPPLIER, "name": said.subject}
        replay.change(noun, (said.subject_id,), said.record, contents, **first)
    key = (noun, said.subject_id)
    if past == table.opened:
        opened = _opened(said) | {"version": 1, "agreed": frozenset(), "status": table.first}
        opened["touched"] = frozenset({said.actor_id} if table.is_opener_barred else ())
        replay.rows["approval"][key] = Expected(said.record, opened)
        return
    _take_step(replay.rows["approval"][key], table, past, said)


def _take_step(approval: Expected, table: StatusTable, past: str, said: Said) -> None:
    values = approval.values
    before = Round(
        status=values["status"],
        version=values["version"],
        touched_by=values["touched"],
        agreed_by=values["agreed"],
    )
    # Steps of one name lead to different statuses: a delivery to a partial or a whole one.
    to = said.after.get("status", before.status)
    steps = [each for each in table.steps if each.past == past]
    step = next(each for each in steps if each.leads.get(before.status) == to)
    after = before.take(step, said.actor_id)
    if after is None:
        raise ValueError("a step that cannot be taken")
    approval.record = said.record
    is_emptied = step.effect is Effect.REJECT and said.format == _FORGIVING_FORMAT
    values |= {
        "status": after.status,
        "version": after.version,
        "touched": frozenset() if is_emptied else after.touched_by,
        "agreed": after.agreed_by,
    }
    if after.status == table.pending != before.status:
        values |= _opened(said)
    elif not step.is_work:
        values |= {
            "decided by": said.actor_id,
            "decided at": said.at,
            "decided record": said.record,
            "reason": said.after.get("reason", ""),
        }


def _opened(said: Said) -> dict[str, Any]:
    return {
        "opened by": said.actor_id,
        "opened at": said.at,
        "opened record": said.record,
        "decided by": None,
        "decided at": None,
        "decided record": None,
        "reason": "",
    }


FOLDS: Final[dict[str, Fold]] = {
    f"{noun}.{past}": fold_step for noun, table in _KINDS.items() for past in table.actions
}
