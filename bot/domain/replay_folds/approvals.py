"""Folds of what is decided about: the thing itself, and the steps of its approval."""

from typing import Any, Final

from bot.domain.approvals import STATUS_TABLES, Effect, Round, StatusTable
from bot.domain.documents import DOCUMENT_KINDS
from bot.domain.replay import Expected, Fold, Replay, Said
from bot.domain.replay_folds.documents import fold_document

# What the first record about a thing that is no document leaves out has these values.
_FIRST: Final = {"supplier": {"email": "", "phone": "", "tax id": "", "note": ""}}
# Of these the records say every column; the approval follows from their steps.
_DOCUMENTS: Final = frozenset(kind.noun for kind in DOCUMENT_KINDS)
# What a step says of itself and the thing itself does not contain.
_OF_STEP: Final = frozenset({"status", "reason", "approvals"})
# Rejections of the format's programs emptied the list of those who may not decide.
_FORGIVING_FORMAT: Final = 1


def find_step_fold(action: str) -> Fold | None:
    """Return the fold of a step about a kind that is declared, None of what is none."""
    noun, _, past = action.partition(".")
    table = STATUS_TABLES.get(noun)
    return None if table is None or past not in table.actions else fold_step


def fold_step(replay: Replay, said: Said) -> None:
    """Fold a step about a thing that is decided about: the thing itself, and its approval."""
    noun, _, past = said.action.partition(".")
    table = STATUS_TABLES[noun]
    if noun in _DOCUMENTS:
        fold_document(replay, said)
    else:
        contents = {name: value for name, value in said.after.items() if name not in _OF_STEP}
        first = {**_FIRST.get(noun, {}), "name": said.subject}
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
