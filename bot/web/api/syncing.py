"""Syncing: what a device did is carried out, then it is told what changed."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from bot.database.service import DatabaseService
from bot.domain.sync import (
    PROTOCOL,
    SCHEMA_VERSION,
    Pulled,
    Pushed,
    SyncConflict,
    SyncOperation,
    SyncResult,
)
from bot.domain.sync_refusals import reason_of
from bot.errors import InvalidValue, NotAllowed, Unavailable
from bot.locales import use_locale
from bot.services.callers import GetCaller, get_caller
from bot.services.sync.pulling import PullChanges, pull_changes
from bot.services.sync.pushing import push
from bot.web.api.callers import Caller
from bot.web.api.models import Operation, SyncRequest, UnusableOperation
from bot.web.api.problems import Explain, Refused, words_of
from bot.web.languages import locale_of

_NOTHING: Final = Pushed(results=())
_NO_OPERATION: Final = InvalidValue(field="operation", reason="wrong_kind")


async def sync(
    db: DatabaseService, caller: Caller, request: SyncRequest, explain: Explain, languages: str
) -> dict[str, Any]:
    """Carry out and look up; raises Refused, and what the books refuse a poll with.

    Once operations were carried out, their results are answered, whatever becomes of the look-up:
    it is repeated, with the cursor that was sent.
    """
    if request.protocol != PROTOCOL or request.schema_version > SCHEMA_VERSION:
        raise Refused("unknown_protocol")
    now = db.clock()
    pushed = _NOTHING
    usable = [each for each in request.operations if isinstance(each, Operation)]
    if usable:
        # Who may use no device at all is told so once, rather than at each operation.
        shown = await db.query(get_caller, GetCaller(), caller.actor)
        languages = languages or (shown.member.language if shown.member else "")
        pushed = await push(
            db,
            caller.actor,
            [_read(each) for each in usable],
            device_id=caller.device.device_id,
            skew=now - request.device_time,
            may_only_floor=not caller.is_certain,
        )
    elif not caller.is_certain and not request.operations:
        raise Refused("discord_unavailable")
    pulled = await _pull(db, caller, request)
    return _answer(pushed, pulled, request, explain, locale_of(languages), now)


async def _pull(db: DatabaseService, caller: Caller, request: SyncRequest) -> Pulled | None:
    if not caller.is_certain:
        return None
    wanted = PullChanges(
        cursor=request.cursor,
        last_sync_timestamp=request.last_sync_timestamp,
        limit=request.pull_limit,
    )
    try:
        return await db.query(pull_changes, wanted, caller.actor)
    except (NotAllowed, Unavailable):
        if not request.operations:
            raise
        return None


def _read(sent: Operation) -> SyncOperation:
    """Return an operation under the one form of its id in which equal ones are equal."""
    values = sent.model_dump()
    values["id"] = sent.id.lower()
    values["supersedes"] = sent.supersedes and sent.supersedes.lower()
    return SyncOperation(**values)


def _answer(
    pushed: Pushed,
    pulled: Pulled | None,
    request: SyncRequest,
    explain: Explain,
    locale: str,
    now: datetime,
) -> dict[str, Any]:
    # As each was sent: a device knows its operations by that.
    sent = {each.id.lower(): each.id for each in request.operations}
    unusable = [each for each in request.operations if isinstance(each, UnusableOperation)]
    with use_locale(locale):
        conflicts = [
            *(_conflict(each, sent[each.operation_id], explain) for each in pushed.conflicts),
            *(_no_operation(each, explain) for each in unusable),
        ]
    results = [
        *({**asdict(each), "id": sent[each.id]} for each in pushed.results),
        *(asdict(_rejected(each)) for each in unusable),
    ]
    looked_up = {
        "changes": [] if pulled is None else pulled.changes,
        "cursor": request.cursor if pulled is None else pulled.cursor,
        "last_sync_timestamp": (
            request.last_sync_timestamp if pulled is None else pulled.last_sync_timestamp
        ),
        "has_more": pulled is not None and pulled.has_more,
        "reset": pulled is not None and pulled.reset,
    }
    return {
        "changes_applied": [each["id"] for each in results if each["status"] == "applied"],
        "results": results,
        "conflicts": conflicts,
        **looked_up,
        "server_timestamp": now,
    }


def _rejected(sent: UnusableOperation) -> SyncResult:
    return SyncResult(id=sent.id, status="rejected", reason=reason_of(_NO_OPERATION))


def _no_operation(sent: UnusableOperation, explain: Explain) -> dict[str, Any]:
    return {
        "operation_id": sent.id,
        "table": None,
        "reason": reason_of(_NO_OPERATION),
        "message": words_of(_NO_OPERATION, explain),
        "server_record": None,
    }


def _conflict(conflict: SyncConflict, sent_id: str, explain: Explain) -> dict[str, Any]:
    return {
        "operation_id": sent_id,
        "table": conflict.table,
        "reason": conflict.reason,
        "message": words_of(conflict.error, explain) or conflict.reason,
        "server_record": conflict.server_record,
    }
