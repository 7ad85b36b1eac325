"""Folds of documents and their lines: a record says which columns it set."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.documents import DOCUMENT_KINDS, REQUEST, DocumentKind
from bot.domain.replay import Fold, Replay, Said
from bot.domain.replay_folds.lots import fold_lots
from bot.domain.requests import read_supplied

_KINDS: Final = {kind.noun: kind for kind in DOCUMENT_KINDS}


def fold_document(replay: Replay, said: Said) -> None:
    """Fold a record about a document: its own columns, and those of its lines."""
    kind = _KINDS[said.action.partition(".")[0]]
    contents = said.contents
    fold_lots(replay, said)
    replay.change(kind.noun, (said.subject_id,), said.record, contents["document"])
    for number, values in contents["lines"].items():
        _fold_line(replay, kind, said, int(number), values)
    for noun, document_id, values in contents.get("others", ()):
        replay.change(noun, (document_id,), said.record, values)


def _fold_line(
    replay: Replay, kind: DocumentKind, said: Said, number: int, values: dict[str, Any] | None
) -> None:
    key = (said.subject_id, number)
    if values is None:
        replay.remove(kind.line_noun, [key])
    else:
        replay.change(kind.line_noun, key, said.record, values, **kind.line_defaults)


def fold_supplied(replay: Replay, event: Mapping[str, Any]) -> None:
    """Fold what a record of any action let lines of requests hold back."""
    for request_id, line, _before, after in read_supplied(event["detail"]):
        key = (request_id, line)
        if key not in replay.rows[REQUEST.line_noun]:
            raise KeyError(key)
        replay.change(REQUEST.line_noun, key, event["record"], {"reserved": after})


FOLDS: Final[dict[str, Fold]] = {
    f"{kind.noun}.{past}": fold_document for kind in DOCUMENT_KINDS for past in kind.pasts
}
