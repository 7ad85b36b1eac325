"""Answers that were promised to people and not shown yet: bookkeeping, never business.

Noted before an interaction is acknowledged and deleted once its answer was shown, so that after a
crash no one looks at "thinking..." for ever; the note of a refusal is kept for a quarter of an
hour. Promises are gathered and deleted in batches: on the path of an answer is one commit besides
the unit's own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.delivery import promise_statements as sql
from bot.database.delivery.gathering import Gathered
from bot.database.delivery.missed_answers import Noted, Unshown, read_request, to_unshown
from bot.database.delivery.promise_statements import TOKEN_LIFE
from bot.database.delivery.shares import ANSWERS_GRACE, values_of
from bot.database.delivery.shown_answers import ShownAnswers
from bot.database.delivery.tokens import Tokens
from bot.database.entries import Missed
from bot.database.operations import Operation, RequestT, ResultT
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.records import DoneBefore
from bot.domain.shards import ALL_GUILDS, Share

# Within this time the same command of the same person is asked back.
_ASKED_BACK = timedelta(minutes=10)
# An answer not shown after this time is taken as lost; until then it may be on its way.
_ON_ITS_WAY = timedelta(seconds=1.5)
# Receipts keep keys behind their source, and only Discord's interactions are promised answers.
_SOURCE = "discord:"

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person who waits for an answer; without operation and answer nothing was committed."""

    guild_id: int
    key: str
    user_id: int
    application_id: int
    token: str
    created_at: datetime
    failed_at: datetime | None
    locale: str
    operation: str | None
    answer: str | None


class PendingAnswers:
    """The promised answers of all guilds; `on_lost` callbacks learn that one was not shown."""

    forget_after_seconds = 0.5

    def __init__(self, db: DatabaseService, share: Share = ALL_GUILDS) -> None:
        self._db = db
        self._share = share
        self._promises: Gathered[dict[str, Any], Noted] = Gathered(
            db.maintenance, self._note, lambda row: int(row["guild_id"])
        )
        self._shown = ShownAnswers(db)
        self._lost: dict[Key, datetime] = {}
        self._tokens = Tokens(db.encryption)
        self.on_lost: list[Callable[[], None]] = []

    async def promise(
        self, actor: Actor, key: str, application_id: int, token: str, *, locale: str
    ) -> Noted:
        """Note that this interaction will be answered, together with others; raises Unavailable."""
        kept = (actor.guild_id, actor.prefixed(key))
        row = {
            "guild_id": kept[0],
            "key": kept[1],
            "user_id": actor.user_id,
            "application_id": application_id,
            "token": await self._tokens.encrypt(token, *kept),
            "locale": locale,
            "created_at": self._db.clock(),
        }
        # Delivered again after it was shown: it is answered again, and the note stays for that. A
        # refusal is not: what was refused then may be possible now.
        was_shown = self._shown.take_back(kept)
        noted = await self._promises.ask(row)
        return Noted(noted.is_first or was_shown, noted.unshown)

    def note_shown(self, guild_id: int, key: str, *, is_refusal: bool = False) -> None:
        """Note that an answer was shown; its promise is deleted with others, a little later.

        That of a refusal is kept instead, so that the same interaction is not carried out later.
        """
        self._shown.note((guild_id, _SOURCE + key), is_refusal=is_refusal)
        self._lost.pop((guild_id, key), None)
        self._shown.flush_later(self.forget_after_seconds)

    async def flush(self) -> None:
        """Delete the promises of all answers that were shown; raises Unavailable."""
        await self._shown.flush()

    async def purge(self) -> None:
        """Delete refusals that cannot be delivered again, at most 500; raises Unavailable."""
        values = {"before": self._db.clock() - TOKEN_LIFE}

        async def look(connection: AsyncConnection) -> bool:
            return (await connection.execute(sql.HAS_PAST, values)).first() is not None

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(sql.PURGE, values)

        if await self._db.maintenance.read(look):
            await self._db.maintenance.write(work)

    async def finish(self) -> None:
        """Delete what was shown, at the end of the process."""
        await self._shown.finish()

    @property
    def has_lost(self) -> bool:
        """Whether this process knows of an answer that has still to be shown."""
        expired = self._db.clock() - TOKEN_LIFE
        self._lost = {key: at for key, at in self._lost.items() if at > expired}
        return bool(self._lost)

    def note_lost(self, guild_id: int, key: str) -> None:
        """Remember that an answer has to be shown later, and wake who shows it."""
        self._lost[guild_id, key] = self._db.clock()
        for wake in self.on_lost:
            wake()

    async def fail(self, guild_id: int, key: str) -> None:
        """Note that the answer could not be shown now."""
        self.note_lost(guild_id, key)
        values = {"g": guild_id, "k": _SOURCE + key, "now": self._db.clock()}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(sql.FAIL, values)

        await self._db.maintenance.write(work)

    def find_missed(
        self,
        noted: Noted,
        actor: Actor,
        key: str,
        operation: Operation[RequestT, ResultT],
        request: RequestT,
    ) -> list[Missed]:
        """List what this user may have missed, newest first; DoneBefore if it is this very one."""
        asked, matches = operation.dump(request), self._db.encryption.fingerprints.matches
        missed = []
        for each in noted.unshown:
            is_own = each.key == actor.prefixed(key)
            is_shown = (actor.guild_id, each.key) in self._shown
            if is_own or is_shown or each.operation != operation.name:
                continue
            if matches(each.fingerprint, asked):
                raise DoneBefore(each.record, self._db.clock() - each.created_at)
            if (kept := read_request(operation, each.request)) is not None:
                missed.append(Missed(each.record, each.created_at, kept))
        return missed

    async def note_known(self, guild_id: int, record: int) -> None:
        """Note that a user knows of what a record did, and has just done it once more."""
        values = {"g": guild_id, "r": record, "now": self._db.clock()}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(sql.NOTE_KNOWN, values)

        await self._db.maintenance.write(work)

    async def find_lost(self, guild_id: int, key: str) -> tuple[str, str] | None:
        """Return operation and answer of what was committed under a key and not shown in time."""
        before = self._db.clock() - _ON_ITS_WAY
        values = {"g": guild_id, "k": _SOURCE + key, "on_its_way": before}

        async def work(connection: AsyncConnection) -> tuple[str, str] | None:
            row = (await connection.execute(sql.LOST, values)).first()
            return None if row is None else (row.operation, row.answer)

        return await self._db.maintenance.read(work)

    async def list_waiting(self, *, older_than: timedelta) -> list[Waiting]:
        """List people of this process's guilds who wait longer, at most 50, and others' leftovers.

        What could not be shown comes last. An expired token is deleted when it is found.
        """
        now = self._db.clock()
        values = {"before": now - older_than, **values_of(self._share, now, ANSWERS_GRACE)}

        async def ask(guilds: Sequence[int] | None) -> list[Waiting]:
            statement = sql.WAITING if guilds is None else sql.WAITING_AMONG
            asked = values if guilds is None else values | {"guilds": guilds}

            async def work(connection: AsyncConnection) -> list[Waiting]:
                return [self._waiting(row) for row in await connection.execute(statement, asked)]

            return await self._db.maintenance.read(work)

        found = await self._db.nodes.ask(ask)
        return [
            each
            for each in found
            if (each.guild_id, _SOURCE + each.key) not in self._shown
            # Without its token no one can answer it: it is deleted when it would have expired.
            and (each.token or self.age_of(each) > TOKEN_LIFE)
        ]

    def age_of(self, person: Waiting) -> timedelta:
        """Return how long a user has waited."""
        return self._db.clock() - person.created_at

    async def _note(
        self, connection: AsyncConnection, rows: Sequence[dict[str, Any]]
    ) -> list[Noted]:
        inserted = await connection.execute(sql.PROMISE[connection.dialect.name], rows)
        new = {(each.guild_id, each.key) for each in inserted}
        users = {(row["guild_id"], row["user_id"]) for row in rows}
        unshown: dict[tuple[int, int], list[Unshown]] = {}
        # Taken before they are read: what is deleted meanwhile has been shown all the same.
        shown = self._shown.list_keys()
        for found in await connection.execute(sql.UNSHOWN, self._asked(users)):
            if (found.guild_id, found.key) not in shown:
                unshown.setdefault((found.guild_id, found.user_id), []).append(to_unshown(found))
        noted = []
        for row in rows:
            key = (row["guild_id"], row["key"])
            missed = unshown.get((row["guild_id"], row["user_id"]), ())
            noted.append(Noted(key in new, tuple(missed)))
            new.discard(key)
        return noted

    def _waiting(self, row: Any) -> Waiting:
        token = self._tokens.decrypt(row.token, row.guild_id, row.key)
        plain = {"key": row.key.removeprefix(_SOURCE), "token": token}
        return Waiting(**dict(row._mapping) | plain)

    def _asked(self, users: Iterable[tuple[int, int]]) -> dict[str, Any]:
        now = self._db.clock()
        return {
            "users": sorted(users),
            "since": now - _ASKED_BACK,
            "on_its_way": now - _ON_ITS_WAY,
        }
