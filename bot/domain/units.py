"""Units: which name the same one, and which are counted in whole numbers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.names import MAX_UNIT, clean_name, key_of
from bot.domain.quantities import TypedQuantity, read_quantity, require_quantity
from bot.errors import InvalidValue, RuleBroken

_ENDS_LINE: Final = ";"
_DOZEN: Final = "dozen"
_TWELVE: Final = 12

# One line for each unit, in the languages of the program; the first is its name in English.
_WHOLE: Final = (
    "pcs pc piece pieces pce ea each unit units st stk stck stück stücke unidad unidades ud uds",
    "pair pairs pr prs paar paare paire paires par pares",
    "box boxes bx schachtel schachteln kiste kisten boîte boîtes caja cajas",
    "carton cartons ctn karton kartons cartón cartones",
    "pack packs pk pkg package packages packung packungen paket pakete paquet paquete paquetes",
    "set sets satz sätze jeu jeux juego juegos",
    "kit kits",
    "bag bags beutel sack säcke sac sacs bolsa bolsas saco sacos",
    "bottle bottles flasche flaschen bouteille bouteilles botella botellas",
    "can cans tin tins dose dosen boîte lata latas",
    "drum drums fass fässer fût fûts bidón bidones",
    "dozen dz doz dutzend douzaine docena docenas",
    "pallet pallets palette paletten palettes palé palés",
    "roll rolls rolle rollen rouleau rouleaux rollo rollos",
    "reel reels spool spools spule spulen bobine bobines bobina bobinas",
    "sheet sheets blatt blätter feuille feuilles hoja hojas",
    "tube tubes tuben tubo tubos",
    "case cases crate crates bucket buckets eimer seau seaux cubo cubos",
)
_MEASURED: Final = (
    "kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos",
    "g gr gram grams gramm gramme grammes gramo gramos",
    "t to tonne tonnes ton tons tonelada toneladas",
    "m mtr meter meters metre metres mètre mètres metro metros lfm",
    "cm centimeter centimeters centimetre centimetres",
    "mm millimeter millimeters millimetre millimetres",
    "l ltr liter liters litre litres litro litros",
    "ml milliliter milliliters millilitre millilitres",
    "ft foot feet",
    "in inch inches",
    "lb lbs pound pounds",
    "oz ounce ounces",
    "h hr hrs hour hours std stunde stunden heure heures hora horas",
)


# More names of the first of them.
_PIECES: Final = "pièce pièces unité unités pza pzas pieza piezas"


def _list_names(lines: tuple[str, ...]) -> dict[str, str]:
    return {name: line.partition(" ")[0] for line in reversed(lines) for name in line.split()}


_WHOLE_NAMES: Final = {
    **{key_of(name): unit for name, unit in _list_names(_WHOLE).items()},
    **{key_of(name): "pcs" for name in _PIECES.split()},
}
_NAMES: Final = {
    **{key_of(name): unit for name, unit in _list_names(_MEASURED).items()},
    **_WHOLE_NAMES,
}


@dataclass(eq=False)
class WrongUnit(RuleBroken):
    """A quantity was given in another unit than the item is counted in."""

    item: str
    item_unit: str
    unit: str
    others: tuple[str, ...] = ()  # the item's further units


@dataclass(eq=False)
class NotWhole(RuleBroken):
    """A part of something that is only counted whole."""

    item: str
    unit: str
    quantity: Decimal


def clean_unit(typed: str) -> str:
    """Return a unit as it will be kept; raises InvalidValue for what cannot be typed as one.

    Behind a number it must read back as it is, and `;` ends a line of what people type.
    """
    unit = clean_name(typed, field="unit", limit=MAX_UNIT)
    if _ENDS_LINE in unit:
        raise InvalidValue(field="unit", reason="ends_line", value=_ENDS_LINE)
    try:
        is_read = key_of(read_quantity(f"1 {unit}").unit) == key_of(unit)
    except InvalidValue:
        is_read = False
    if not is_read:
        raise InvalidValue(field="unit", reason="not_a_unit", value=unit)
    return unit


def is_whole_unit(unit: str) -> bool:
    """Whether a unit is counted in whole numbers: pieces, pairs, boxes; not kilograms or metres."""
    return _plain_key(unit) in _WHOLE_NAMES


def counts_whole(unit: str, whole: bool | None) -> bool:  # noqa: FBT001  # a column's value
    """Whether an item is counted in whole numbers: as it says, else as its unit says."""
    return is_whole_unit(unit) if whole is None else whole


def is_known_unit(unit: str) -> bool:
    """Whether a text is a unit that is known by name, in any of the program's languages."""
    return _plain_key(unit) in _NAMES


def is_same_unit(unit: str, other: str) -> bool:
    """Whether two texts name one unit: `pcs` and `Pieces`, `kg` and `kilo`, `tray` and `trays`."""
    one, two = _plain_key(unit), _plain_key(other)
    named = _NAMES.get(one, one)
    return (
        named == _NAMES.get(two, two)
        or one in {f"{two}s", f"{two}es"}
        or two
        in {
            f"{one}s",
            f"{one}es",
        }
    )


def twelve_of(typed: TypedQuantity) -> TypedQuantity | None:
    """Return `2 dozen` as 24 and `a dozen boxes` as `12 boxes`; None for any other unit.

    It is for an item that has no unit of that name.
    """
    first, _blank, behind = typed.unit.partition(" ")
    if _NAMES.get(_plain_key(first)) != _DOZEN:
        return None
    return TypedQuantity(typed.value * _TWELVE, behind.strip())


def require_measure(
    typed: TypedQuantity,
    *,
    item: str,
    unit: str,
    is_whole: bool,
    field: str = "quantity",
    allow_zero: bool = False,
) -> Decimal:
    """Return a typed quantity in the item's unit; raises WrongUnit, NotWhole, InvalidValue."""
    value = require_quantity(typed.value, field=field, allow_zero=allow_zero)
    if typed.unit and not is_same_unit(typed.unit, unit):
        raise WrongUnit(item, unit, typed.unit)
    if is_whole and value != value.to_integral_value():
        raise NotWhole(item, unit, value)
    return value


def _plain_key(unit: str) -> str:
    return key_of(unit).rstrip(".")
