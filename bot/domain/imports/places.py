"""Which location a text in a file names."""

from dataclasses import dataclass, field

from bot.domain.imports import Catalogue, LocationFacts
from bot.domain.imports.content import Content
from bot.domain.locations import (
    SEPARATOR,
    join_path,
    read_path,
    require_single_name,
    typed_names,
)
from bot.domain.names import MAX_LOCATION_NAME, MAX_REFERENCE, clean_name, clean_text, key_of
from bot.errors import Ambiguous, Archived, Candidate, NotFound

_SIGN = SEPARATOR.strip()


def location_keys(typed: str) -> list[str]:
    """Return the keys that a location which was named so may have."""
    if len(typed) > MAX_REFERENCE:
        return []
    path = read_path(typed)
    return [key_of(typed), *([path.key] if path is not None else [])]


def keys_in(content: Content, column: str) -> frozenset[str]:
    """Return the keys of what a file has in a column of locations."""
    typed = (content.text(row, column) for row in content.sheet.rows)
    return frozenset(key_of(each) for each in typed if len(each) <= MAX_REFERENCE)


def names_within(typed: str) -> list[str]:
    """Return the keys of the names in what may be a path."""
    names = typed_names(typed) if len(typed) <= MAX_REFERENCE else []
    return [key_of(name) for name in names] if len(names) > 1 else []


@dataclass
class Locations:
    """The locations that a file names, those that it would add included."""

    catalogue: Catalogue
    # The keys of what the file calls locations, whatever line they are in.
    in_file: frozenset[str] = frozenset()
    missing: dict[str, str] = field(default_factory=dict)  # paths to be added, by their keys
    _named: dict[str, list[LocationFacts]] = field(default_factory=dict)
    _added: dict[str, list[str]] = field(default_factory=dict)
    _found: dict[str, tuple[str, int | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.catalogue.locations.values():
            if not each.is_archived:
                self._named.setdefault(each.name_key, []).append(each)

    def find(self, typed: str) -> tuple[str, int | None]:
        """Return the path and id of a location; no id for one that would be added.

        An archived one would be restored. Raises Ambiguous, and InvalidValue for a name that no
        location can have.
        """
        known = self._found.get(typed)
        if known is None:
            known = self._found[typed] = self._look(typed)
        return known

    def require(self, typed: str) -> int:
        """Return the id of a location that is in use; raises NotFound, Archived, Ambiguous."""
        path, found = self.find(typed)
        if found is not None:
            return found
        here = self.catalogue.locations.get(key_of(path))
        if here is not None:
            raise Archived("location", here.path, here.id)
        raise NotFound("location", wanted=typed)

    def _look(self, typed: str) -> tuple[str, int | None]:
        clean_text(typed, field="location", limit=MAX_REFERENCE, required=True)
        for key in location_keys(typed):
            here = self.catalogue.locations.get(key)
            if here is not None:
                return (self.add(here.path), None) if here.is_archived else (here.path, here.id)
        named = self._named.get(key_of(typed), [])
        if len(named) > 1:
            candidates = tuple(Candidate("location", each.id, each.path) for each in named)
            raise Ambiguous("location", typed, candidates)
        if named:
            return named[0].path, named[0].id
        # One that an earlier row adds is named as one of the books would be.
        added = self._added.get(key_of(typed), [])
        if len(added) == 1:
            return added[0], None
        return self._look_inside(typed)

    def _look_inside(self, typed: str) -> tuple[str, int | None]:
        """Find or add what is written as a path, if the first of its names is a location.

        `/` may be part of a name; `>` between blanks never is.
        """
        first, *inner = typed_names(typed)
        outer = self._outermost(first) or (first if inner and " > " in typed else None)
        if not inner or outer is None:
            return self.add(typed), None
        path = SEPARATOR.join([outer, *inner])
        here = self.catalogue.locations.get(key_of(path))
        if here is not None and not here.is_archived:
            return here.path, here.id
        return self.add(path), None

    def _outermost(self, name: str) -> str | None:
        """Return the path of the location that begins a path, None if there is none."""
        key = key_of(name)
        here = self.catalogue.locations.get(key)
        if here is not None:
            return here.path
        named, added = self._named.get(key, []), self._added.get(key, [])
        if len(named) > 1:
            candidates = tuple(Candidate("location", each.id, each.path) for each in named)
            raise Ambiguous("location", name, candidates)
        if named:
            return named[0].path
        if len(added) == 1:
            return added[0]
        return name if key in self.in_file else None

    def add(self, typed: str) -> str:
        """Note that a location would be added or restored, with those that it is in.

        Returns its path.
        """
        path = ""
        for piece in typed.split(_SIGN):
            name = require_single_name(clean_name(piece, field="location", limit=MAX_LOCATION_NAME))
            path = join_path(path, name) if path else name
            key = key_of(path)
            here = self.catalogue.locations.get(key)
            if (here is None or here.is_archived) and key not in self.missing:
                self.missing[key] = path if here is None else here.path
                self._added.setdefault(key_of(name), []).append(path)
            path = here.path if here is not None else self.missing[key]
        return path


def needed_paths(missing: dict[str, str], used: set[str]) -> tuple[str, ...]:
    """Return the paths to be added that rows are in, or that those are in."""
    return tuple(
        path
        for key, path in missing.items()
        if key in used or any(each.startswith(f"{key}{SEPARATOR}") for each in used)
    )
