"""The lots that lines of a bulk operation name: found, or made where stock of them comes in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NoReturn

from bot.database.controllers.import_statements import NamedLot
from bot.database.unit import UnitOfWork
from bot.domain.bulk_lines import LotLeftOut
from bot.domain.imports.contents import lot_pair, write_day
from bot.domain.lot_contents import LotContents
from bot.domain.lots import ExpiryDiffers, NotTracked, clean_code
from bot.domain.names import MAX_REFERENCE, clean_text, key_of
from bot.domain.stock import StockLine
from bot.errors import NotFound, TallymanError
from bot.services.bulk.finding import Refuse
from bot.services.bulk.lines import BulkLine
from bot.services.lots_moved import reference_of
from bot.services.low_stock import watch_usable_of

# With the words of their codes.
_MADE_AT_ONCE: Final = 1000
# Each takes statements of its own.
_MAX_GUESSED: Final = 10

LotKey = tuple[int, str]


@dataclass
class _Wanted:
    """A lot that lines name: the first of them, its code, and the day that they say."""

    line: BulkLine
    stock: StockLine
    code: str
    known: NamedLot | None
    expires_on: date | None = None

    @property
    def is_dated(self) -> bool:
        """Whether another day is written on a lot that is known."""
        day = self.expires_on
        return self.known is not None and day is not None and day != self.known.expires_on


@dataclass
class LineLots:
    """The lots of lines by their items' ids and keys, and what the record says of them."""

    uow: UnitOfWork
    refuse: Refuse
    contents: LotContents = field(default_factory=LotContents)
    _wanted: dict[LotKey, _Wanted] = field(default_factory=dict)
    _ids: dict[LotKey, int] = field(default_factory=dict)
    _guessed: int = 0

    async def read_lines(
        self, lines: Sequence[tuple[BulkLine, StockLine]], may_be_new: Iterable[int] = ()
    ) -> dict[int, StockLine]:
        """Return what lines move by the lines' places: of a lot, if the item or the line has one.

        Lines at the places `may_be_new` make lots that are not known. Those that are refused are
        left out.
        """
        at_all = [at for at, each in enumerate(lines) if _names_lot(*each)]
        read = {at: stock for at, (_, stock) in enumerate(lines)}
        if not at_all:
            return read
        new = frozenset(may_be_new)
        ids = await self._find(
            [lines[at] for at in at_all], [place for place, at in enumerate(at_all) if at in new]
        )
        references = [reference_of(read[at_all[place]], lot_id) for place, lot_id in ids.items()]
        of_lots = iter(await self.uow.stock.lines(references) if references else ())
        own = {at_all[place]: next(of_lots) for place in ids}
        refused = set(at_all) - own.keys()
        return {at: own.get(at, stock) for at, stock in read.items() if at not in refused}

    async def _find(
        self, lines: Sequence[tuple[BulkLine, StockLine]], may_be_new: Iterable[int]
    ) -> dict[int, int]:
        """Return the ids of the lots of lines, by the lines' places among them.

        All lines of a lot that one of them makes may write its day.
        """
        known = await self._read_known(lines)
        making = frozenset(may_be_new)
        coming = {(lines[at][1].item.id, key_of(lines[at][0].lot)) for at in making}
        named: dict[int, LotKey] = {}
        for at, (line, stock) in enumerate(lines):
            is_new = (stock.item.id, key_of(line.lot)) in coming
            try:
                named[at] = await self._name(line, stock, known, may_be_new=is_new)
            except TallymanError as error:
                self.refuse(line, error)
        await self._require_days()
        await self._make([key for key, each in self._wanted.items() if each.known is None])
        await self._date([key for key, each in self._wanted.items() if each.is_dated])
        return {at: self._ids[key] for at, key in named.items() if key in self._ids}

    async def _read_known(
        self, lines: Iterable[tuple[BulkLine, StockLine]]
    ) -> Mapping[LotKey, NamedLot]:
        keys = {key_of(line.lot) for line, _ in lines if line.lot}
        rows = await self.uow.file_rows.list_lots(sorted(keys)) if keys else []
        return {(row.item_id, row.code_key): row for row in rows}

    async def _name(
        self,
        line: BulkLine,
        stock: StockLine,
        known: Mapping[LotKey, NamedLot],
        *,
        may_be_new: bool,
    ) -> LotKey:
        """Return which lot a line names; raises what is wrong with it."""
        item = stock.item
        if not item.is_tracked:
            raise NotTracked(item.sku)
        if not line.lot:
            raise LotLeftOut(item.sku, item.tracking)
        code = clean_text(line.lot, field="lot", limit=MAX_REFERENCE, required=True)
        key = item.id, key_of(code)
        found = known.get(key)
        if found is None:
            code = clean_code(code) if may_be_new else await self._refuse_unknown(item.id, code)
        else:
            self._ids[key] = found.id
        wanted = self._wanted.setdefault(key, _Wanted(line, stock, code, found))
        day = line.expires_on
        if may_be_new and day is not None:
            if wanted.expires_on not in {None, day}:
                assert wanted.expires_on is not None
                raise ExpiryDiffers(item.sku, code, wanted.expires_on, day)
            wanted.expires_on = day
        return key

    async def _refuse_unknown(self, item_id: int, code: str) -> NoReturn:
        """Raise NotFound; the first ones with lots that resemble them."""
        self._guessed += 1
        if self._guessed <= _MAX_GUESSED:
            await self.uow.lots.require_of(item_id, code)
        raise NotFound("lot", wanted=code)

    async def _require_days(self) -> None:
        """Refuse another day for a lot that is in stock: see `open_lot`."""
        dated = [
            each
            for each in self._wanted.values()
            if each.is_dated and each.known is not None and each.known.expires_on is not None
        ]
        if not dated:
            return
        stocked = await self.uow.stock.where_stocked(
            [each.stock.item.id for each in dated], [each.known.id for each in dated if each.known]
        )
        for each in dated:
            assert each.known is not None
            assert each.known.expires_on is not None
            assert each.expires_on is not None
            if each.known.id in stocked:
                differs = ExpiryDiffers(
                    each.stock.item.sku, each.known.code, each.known.expires_on, each.expires_on
                )
                self.refuse(each.line, differs)
                each.expires_on = None

    async def _make(self, keys: Sequence[LotKey]) -> None:
        for start in range(0, len(keys), _MADE_AT_ONCE):
            part = keys[start : start + _MADE_AT_ONCE]
            made = await self.uow.lots.bulk_create(
                [
                    {
                        "item_id": key[0],
                        "code": self._wanted[key].code,
                        "code_key": key[1],
                        "expires_on": self._wanted[key].expires_on,
                    }
                    for key in part
                ]
            )
            for key, lot in zip(part, made, strict=True):
                self._ids[key] = lot.id
                self.contents.lots[lot.id] = lot_pair(lot.item_id, lot.code, lot.expires_on)

    async def _date(self, keys: Sequence[LotKey]) -> None:
        dated = [self._wanted[key] for key in keys]
        known = [each.known for each in dated if each.known is not None]
        await watch_usable_of(self.uow, [lot.item_id for lot in known])
        await self.uow.lots.bulk_update(
            [
                ((lot.id,), {"expires_on": each.expires_on})
                for lot, each in zip(known, dated, strict=True)
            ]
        )
        for lot, each in zip(known, dated, strict=True):
            # The day may be over: then what is there of the lot is usable no longer.
            self.uow.posting.set_aside.add(lot.item_id)
            was, now = write_day(lot.expires_on), write_day(each.expires_on)
            self.contents.lots[lot.id] = {"expires": was}, {"expires": now}


def _names_lot(line: BulkLine, stock: StockLine) -> bool:
    return stock.item.is_tracked or bool(line.lot) or line.expires_on is not None
