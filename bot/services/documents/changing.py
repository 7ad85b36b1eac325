"""Opening and changing documents: a step, columns, lines, and the record that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change, Changed
from bot.domain.document_contents import Contents, without_defaults
from bot.domain.lanes import DOCUMENT, channel_lane
from bot.errors import IllegalStep, StaleVersion
from bot.services.documents.kinds import DocumentType


@dataclass(frozen=True, kw_only=True)
class DocumentChange:
    """What one unit changes in a document.

    `lines` are the columns to set by line; `added` are new lines, which get the next numbers.
    A changed line costs a statement for each set of columns, not for each line. `others` are the
    columns that the caller set in rows of other nouns, for the record to say so.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    added: Sequence[Mapping[str, Any]] = ()
    removed: Sequence[int] = ()
    others: Mapping[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)


async def open_document(
    uow: UnitOfWork,
    declared: DocumentType,
    past: str,
    *,
    values: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    changes: Sequence[Change] = (),
    note: str = "",
    others: Mapping[tuple[str, int], Mapping[str, Any]] | None = None,
    subjects: Sequence[tuple[str, int]] = (),
) -> tuple[Any, Changed]:
    """Insert a document with its lines, record it, and have its card posted."""
    documents = declared.documents(uow)
    document = await documents.open(made_by=uow.actor.user_id, made_at=uow.now, **values)
    added = await _add_lines(uow, declared, document.id, lines, after=0)
    contents = Contents(dict(document.__dict__), added, others or {})
    changed = record_document(
        uow, declared, document, past, changes, contents, note=note, subjects=subjects
    )
    return document, changed


async def change_document(
    uow: UnitOfWork,
    declared: DocumentType,
    document: Any,
    past: str,
    *,
    step: str = "",
    version: int | None = None,
    change: DocumentChange | None = None,
    changes: Sequence[Change] = (),
    note: str = "",
) -> Changed:
    """Take a step of a document's kind, or change it within its status, and record that.

    Raises StaleVersion if the actor saw an older version, and IllegalStep. A step makes the next
    version; lines that are changed within a status do not, so that several users may work on it.
    """
    change = change or DocumentChange()
    require_version(declared, document, version)
    values = dict(change.values)
    said = list(changes)
    if step:
        status = require_step(uow, declared, document, step)
        values |= {"status": status, "version": document.version + 1}
        if status != document.status:
            said.insert(0, Change("status", document.status, status))
    contents = await apply_change(uow, declared, document, values, change)
    return record_document(uow, declared, document, past, said, contents, note=note)


def require_version(declared: DocumentType, document: Any, version: int | None) -> None:
    """Raise StaleVersion if an actor saw an older version."""
    if version is not None and version != document.version:
        raise StaleVersion(declared.noun)


def require_step(books: Books, declared: DocumentType, document: Any, step: str) -> str:
    """Return the status that a step leads a document to; raises IllegalStep by its label."""
    status = declared.kind.lead(step, document.status)
    if status is None:
        label = declared.documents(books).label_of(document)
        raise IllegalStep(declared.noun, label, document.status, step)
    return status


async def apply_change(
    uow: UnitOfWork,
    declared: DocumentType,
    document: Any,
    values: Mapping[str, Any],
    change: DocumentChange,
) -> Contents:
    """Change the rows of a document, and return what its record has to say of them."""
    if values:
        await declared.documents(uow).update_by_id(document.id, **values)
    if declared.lines is None:
        return Contents(dict(values), others=change.others)
    controller, lines = declared.lines(uow), dict[int, Mapping[str, Any] | None](change.lines)
    by_columns: dict[frozenset[str], list[tuple[tuple[int | str, ...], Mapping[str, Any]]]] = {}
    for number, columns in change.lines.items():
        by_columns.setdefault(frozenset(columns), []).append(((document.id, number), columns))
    for together in by_columns.values():
        await controller.bulk_update(together)
    # Before any is removed: a number that is used again would say in the record that it changed.
    last = await controller.find_last(document.id) if change.added else 0
    for number in change.removed:
        await controller.delete_by_id(document.id, number)
        lines[number] = None
    if change.added:
        lines |= await _add_lines(uow, declared, document.id, change.added, after=last)
    return Contents(dict(values), lines, change.others)


def record_document(
    uow: UnitOfWork,
    declared: DocumentType,
    document: Any,
    past: str,
    changes: Sequence[Change],
    contents: Contents,
    *,
    note: str = "",
    subjects: Sequence[tuple[str, int]] = (),
) -> Changed:
    """Record what happened to a document, and have its card drawn again."""
    noun, label = declared.noun, declared.documents(uow).label_of(document)
    if declared.purpose:
        uow.notify(channel_lane(declared.purpose), DOCUMENT)
    record = uow.record(
        f"{noun}.{past}",
        subject_type=noun,
        subject_id=document.id,
        subject=label,
        changes=changes,
        note=note,
        subjects=(*contents.others, *subjects),
        contents=contents,
    )
    return Changed(
        record=record,
        action=f"{noun}.{past}",
        noun=noun,
        subject_id=document.id,
        subject=label,
        changes=tuple(changes),
    )


async def _add_lines(
    uow: UnitOfWork,
    declared: DocumentType,
    document_id: int,
    lines: Sequence[Mapping[str, Any]],
    *,
    after: int,
) -> dict[int, Mapping[str, Any] | None]:
    if declared.lines is None:
        return {}
    controller = declared.lines(uow)
    key = controller.document_key
    made = await controller.bulk_create(
        [
            {key: document_id, "line": number, **line}
            for number, line in enumerate(lines, start=after + 1)
        ]
    )
    return {
        row.line: {
            name: value
            for name, value in without_defaults(declared.kind, row.__dict__).items()
            if name not in {key, "line"}
        }
        for row in made
    }
