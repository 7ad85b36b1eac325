"""What an item has beside its columns: former SKUs, further units, barcodes, a picture, days."""

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)

from bot.database.columns import Factor, Quantity
from bot.database.models import (
    Barcode,
    FormerSku,
    Item,
    ItemImage,
    ItemMerge,
    ItemUnit,
    TrackedItem,
)
from bot.database.models.base import table_of
from bot.database.statements import Prepared
from bot.domain.conversions import FurtherUnit


class BarcodeMeaning(NamedTuple):
    """A code of an item: it means that much of that unit, of its own if there is none."""

    code: str
    quantity: Decimal
    unit: str


class ItemDetails(NamedTuple):
    """What leads to an item, what else it is counted in, and whether it has a picture.

    `days_kept_since` is the first of its days that are kept, empty if none are.
    """

    former_skus: tuple[str, ...] = ()
    units: tuple[FurtherUnit, ...] = ()
    barcodes: tuple[BarcodeMeaning, ...] = ()
    has_image: bool = False
    days_kept_since: str = ""


def _part(kind: str, table: Any, text: Any, *, unit: Any = None, **numbers: Any) -> Any:
    nothing: ColumnElement[Any] = cast(null(), Factor())
    return select(
        literal_column(f"'{kind}'", Text).label("kind"),
        text.label("text"),
        (literal_column("''", Text) if unit is None else unit).label("unit"),
        type_coerce(numbers.get("factor", nothing), Factor()).label("factor"),
        type_coerce(numbers.get("quantity", nothing), Quantity()).label("quantity"),
    ).where(
        table.c.guild_id == bindparam("guild_id", type_=table.c.guild_id.type),
        table.c.item_id == bindparam("item_id", type_=table.c.item_id.type),
    )


def _merged() -> Any:
    nothing: ColumnElement[Any] = cast(null(), Factor())
    return (
        select(
            literal_column("'former'", Text).label("kind"),
            _item.c.sku.label("text"),
            literal_column("''", Text).label("unit"),
            type_coerce(nothing, Factor()).label("factor"),
            type_coerce(nothing, Quantity()).label("quantity"),
        )
        .select_from(_merge)
        .join(_item, and_(_item.c.guild_id == _merge.c.guild_id, _item.c.id == _merge.c.item_id))
        .where(
            _merge.c.guild_id == bindparam("guild_id", type_=_merge.c.guild_id.type),
            _merge.c.into_id == bindparam("item_id", type_=_merge.c.into_id.type),
        )
    )


_item, _merge = table_of(Item), table_of(ItemMerge)
_former, _unit = table_of(FormerSku), table_of(ItemUnit)
_barcode, _image = table_of(Barcode), table_of(ItemImage)
_tracked = table_of(TrackedItem)
# One statement, six ranges of indexes: a page of an item waits for no more than one.
DETAILS = Prepared(
    union_all(
        _part("former", _former, _former.c.sku),
        _part("unit", _unit, _unit.c.unit, factor=_unit.c.factor),
        _part(
            "barcode",
            _barcode,
            _barcode.c.code,
            unit=_barcode.c.unit,
            quantity=_barcode.c.quantity,
        ),
        _merged(),
        _part("image", _image, _image.c.content_hash),
        _part("days", _tracked, cast(_tracked.c.since, Text)),
    ).order_by("kind", "text")
)


def details_of(rows: Any) -> ItemDetails:
    """Return the details that rows of DETAILS say."""
    return ItemDetails(
        former_skus=tuple(text for kind, text, *_ in rows if kind == "former"),
        units=tuple(FurtherUnit(text, by) for kind, text, _, by, _q in rows if kind == "unit"),
        barcodes=tuple(
            BarcodeMeaning(text, quantity, unit)
            for kind, text, unit, _by, quantity in rows
            if kind == "barcode"
        ),
        has_image=any(kind == "image" for kind, *_ in rows),
        days_kept_since=next((text for kind, text, *_ in rows if kind == "days"), ""),
    )
