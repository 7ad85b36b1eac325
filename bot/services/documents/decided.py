"""Documents that are decided about: their rows follow the steps of their approval."""

from bot.database.unit import UnitOfWork
from bot.domain.changes import Changed
from bot.services.approvals.kinds import Keep, Recorded, Subject
from bot.services.documents.changing import DocumentChange, apply_change, record_document
from bot.services.documents.kinds import DocumentType


def keeps(declared: DocumentType) -> Keep:
    """Return what records a step of the approval of a kind of document.

    Status and version are in both rows, so that lists need no join; both change here alone.
    """

    async def keep(uow: UnitOfWork, subject: Subject, recorded: Recorded) -> Changed:
        document = await declared.documents(uow).require(subject.id)
        change = recorded.rows or DocumentChange()
        assert isinstance(change, DocumentChange)
        values = dict(change.values)
        after = recorded.after
        if (after.status, after.version) != (document.status, document.version):
            values |= {"status": after.status, "version": after.version}
        contents = await apply_change(uow, declared, document, values, change)
        past, changes = recorded.past, recorded.changes
        return record_document(uow, declared, document, past, changes, contents)

    return keep
