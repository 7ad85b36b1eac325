"""Measuring: what people typed, in any unit of the item or by the code of a pack, in its own unit.

A quantity in the item's own unit costs no statement.
"""

from bot.database.unit import Books
from bot.domain.conversions import Measured, convert, find_unit, times, write_given, write_packs
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import StockedItem
from bot.domain.units import WrongUnit, is_same_unit, twelve_of


async def measure(
    books: Books,
    item: StockedItem,
    typed: TypedQuantity,
    *,
    field: str = "quantity",
    allow_zero: bool = False,
) -> Measured:
    """Return a typed quantity in the item's own unit, and as it was given if that was another.

    A number without a unit counts packs where the item was named by a pack's code. Raises
    WrongUnit, NotExact, NotWhole, InvalidValue.
    """
    wanted, pack = typed, item.pack
    if pack is not None and not typed.unit:
        wanted = times(typed, pack)
    if not wanted.unit or is_same_unit(wanted.unit, item.unit):
        quantity = item.measure(wanted, field=field, allow_zero=allow_zero)
        if pack is None or wanted is typed:
            return Measured(quantity)
        return Measured(quantity, write_packs(typed.value, pack, item.unit))
    units = await books.item_units.list_of(item.id)
    by = find_unit(units, wanted.unit)
    if by is None and (pieces := item.is_whole and twelve_of(wanted)):
        counted = await measure(books, item, pieces, field=field, allow_zero=allow_zero)
        return Measured(counted.quantity, write_given(wanted))
    if by is None:
        raise WrongUnit(item.sku, item.unit, wanted.unit, tuple(each.unit for each in units))
    converted = convert(wanted, by, item=item.sku, unit=item.unit, field=field)
    quantity = item.measure(TypedQuantity(converted), field=field, allow_zero=allow_zero)
    return Measured(quantity, write_given(TypedQuantity(wanted.value, by.unit)))
