"""Locations, which are found by their names and by their paths."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func

from bot.database.columns import KeyList
from bot.database.controllers.reading import MAX_ROWS
from bot.database.controllers.search import SearchableController
from bot.database.controllers.search_statements import MAX_CANDIDATES
from bot.database.controllers.shapes import Shape
from bot.database.models import Location
from bot.database.statements import is_among
from bot.domain.locations import SEPARATOR, join_path, read_path, require_depth
from bot.domain.names import key_of
from bot.errors import Candidate

_MADE_OF = frozenset({"name", "parent_id"})
_LAST_CHARACTER = "\U0010ffff"


class LocationController(SearchableController[Location]):
    """Where stock is; the outside world has rows here too, which no search finds.

    It writes paths by itself: a location that gets another name or parent takes those inside it
    along.
    """

    model = Location
    noun = "location"
    permission = "stock.view"
    searched = ("name", "path")
    subject_code = "l"
    listed_by = "path_key"

    async def create(self, **values: Any) -> Location:
        """Insert a location; see BaseController."""
        return await super().create(**values, **await self._path_of(values))

    async def bulk_create(self, rows: Sequence[Mapping[str, Any]]) -> list[Location]:
        """Insert many locations, each behind the one that it is in."""
        made: list[dict[str, Any]] = []
        paths: dict[int, str] = {}
        for row in rows:
            made.append({**row, **await self._path_of(row, paths)})
            if "id" in row:
                paths[row["id"]] = made[-1]["path"]
        return await super().bulk_create(made)

    def label_of(self, row: Location) -> str:
        """Return a location's path."""
        return row.path

    async def update_by_id(self, *key: int | str, **values: Any) -> Location:
        """Change a location; what is inside it follows. See BaseController."""
        if _MADE_OF.isdisjoint(values):
            return await super().update_by_id(*key, **values)
        before = await self.require(*key)
        whole = {"name": before.name, "parent_id": before.parent_id, **values}
        after = await super().update_by_id(*key, **values, **await self._path_of(whole))
        if after.path_key != before.path_key or after.path != before.path:
            await self._move_inside(before, after)
        return after

    async def find_exact(self, typed: str) -> list[Location]:
        """Return the locations of this name, or else of this path or end of a path."""
        named = await super().find_exact(typed)
        path = read_path(typed)
        if named or path is None:
            return named
        found = None if path.is_end else await self.find_one(path_key=path.key)
        if found is not None or path.is_whole:
            return [found] if found is not None else []
        end = f"{SEPARATOR}{path.key}"
        rows = await self.find_all(name_key=path.last)
        return [row for row in rows if row.path_key.endswith(end)][:MAX_CANDIDATES]

    async def list_inside(self, path_key: str, *, after: str = "") -> list[Location]:
        """List what is inside a location, at any depth, by path: the first 500 beyond `after`."""
        statement = self._prepared(
            "below",
            lambda: (
                self._select(Shape())
                .where(
                    self._table.c.path_key > bindparam("after"),
                    self._table.c.path_key < bindparam("last"),
                )
                .order_by(self._table.c.path_key)
                .limit(MAX_ROWS)
            ),
        )
        first = f"{path_key}{SEPARATOR}"
        return await self._rows(
            statement, {"after": after or first, "last": first + _LAST_CHARACTER}
        )

    async def list_repeated(self, name_keys: Sequence[str]) -> set[str]:
        """Return which of these names several locations have."""
        statement = self._prepared("repeated", self._build_repeated)
        return set(await self._scalars(statement, {"keys": list(name_keys)}))

    def _build_repeated(self) -> Select[Any]:
        name_key = self._table.c.name_key
        return (
            self._select(Shape())
            .with_only_columns(name_key)
            .where(is_among(name_key, "keys", KeyList()))
            .group_by(name_key)
            .having(func.count() > 1)
        )

    def _candidate(self, row: Location) -> Candidate:
        return Candidate(self.noun, row.id, row.path, is_archived=row.archived_at is not None)

    def _keys_of(self, row: Location) -> list[str]:
        return [row.name_key, row.path_key]

    async def _path_of(
        self, values: Mapping[str, Any], known: Mapping[int, str] | None = None
    ) -> dict[str, str]:
        parent_id, path = values.get("parent_id"), values["name"]
        if parent_id is not None:
            above = (known or {}).get(parent_id)
            path = join_path(above or (await self.require(parent_id)).path, path)
        return {"path": path, "path_key": key_of(path)}

    async def _move_inside(self, before: Location, after: Location) -> None:
        cursor = ""
        while rows := await self.list_inside(before.path_key, after=cursor):
            cursor = rows[-1].path_key
            changes = []
            for row in rows:
                path = after.path + row.path[len(before.path) :]
                require_depth(path)
                changes.append(((row.id,), {"path": path, "path_key": key_of(path)}))
            await self.bulk_update(changes)
