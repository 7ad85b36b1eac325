"""Typed values that cannot be accepted."""

from decimal import Decimal
from typing import Final

from bot.domain.quantities import PLACES, AmbiguousQuantity, format_quantity
from bot.errors import InvalidValue
from bot.locales import N_, _
from bot.views.errors.translator import explain
from bot.views.text import bold

_EXAMPLE: Final = "2.125"
REASONS: Final = {
    "not_a_number": N_("Write the {field} as a number such as `3` or `2.5`."),
    "too_many_decimals": N_("The {field} takes at most {limit} decimals, for example `{example}`."),
    "not_exact": N_(
        "{value} is no exact number of {limit} decimals. Write the {field} as a decimal number, "
        "such as `{example}`."
    ),
    "not_positive": N_("The {field} must be more than zero."),
    "negative": N_("The {field} cannot be less than zero."),
    "too_large": N_("The {field} can be {limit} at most."),
    "level_too_large": N_("A location cannot hold more than {limit} of an item."),
    "too_long": N_("The {field} is too long: {limit} characters at most."),
    "empty": N_("The {field} cannot be empty."),
    "invisible": N_("The {field} contains invisible or control characters. Type it again by hand."),
    "markup": N_("The {field} cannot contain Discord mentions or tags such as `@everyone`."),
    "not_offered": N_("There is no choice {value}. Pick one from the list."),
    "unknown_setting": N_("There is no setting {value}. Pick one from the list."),
    "not_minutes": N_("Write the minutes as a whole number from 0 to {limit}."),
    "unknown_currency": N_("{value} is not an ISO currency code. Write one such as `EUR`."),
    "not_an_email": N_(
        "That is not a valid e-mail address. Write one such as `orders@example.com`."
    ),
    "not_a_phone": N_("That is not a valid phone number. Write one such as `+49 30 123456`."),
    "not_a_tax_id": N_("That is not a valid tax id. Write one such as `DE123456789`."),
    "unknown_status": N_("There is no status {value}. Pick one from the list."),
    "not_a_time": N_(
        "I cannot read {value} as a time. Write one such as `2026-11-25`, "
        "`2026-11-25 14:30`, `yesterday` or `7d`."
    ),
    "not_a_time_of_day": N_("I cannot read {value} as a time of day. Write one such as `17:30`."),
    "unknown_rhythm": N_("Reports are posted every day, week or month. Pick one from the list."),
    "now_only": N_("The report {value} is of now alone. Leave out `as_of`."),
    "board_of_all": N_("This board is of all locations. Leave out `location`."),
    "all_locations": N_("The report {value} is of all locations. Leave out `location`."),
    "not_a_day": N_("I cannot read {value} as a day. Write one such as `2027-03-01`."),
    "not_days": N_("Write the days as a whole number from 0 to {limit}."),
    "unknown_action": N_("There is no action {value}. Pick one from the list."),
    "not_a_unit": N_(
        "The unit {value} cannot be typed behind a number. Write one that begins with a letter, "
        "such as `pcs`."
    ),
    "ends_line": N_("The {field} cannot contain {value}, which ends a line. Leave it out."),
    "reserved": N_("The {field} {value} is reserved. Choose another."),
    "path_sign": N_("The {field} cannot contain {value}, which divides the names of a path."),
    "unknown_kind": N_("{value} is no kind of location. Pick one from the list."),
    "unknown_tracking": N_("{value} is no way to track an item. Pick one from the list."),
    "unknown_whole": N_("{value} is neither `yes` nor `no`. Leave it empty if the unit decides."),
    "signed": N_(
        "{value} says how much more there is. Write how much there is now, such as `3`. `/put` "
        "adds to the stock."
    ),
    "uneven": N_(
        "{value} is no exact quantity in the unit of the price. Write the {field} in that unit."
    ),
    "past": N_("{value} is past. Write a day from today on."),
    "future": N_("{value} has not come yet. Write a day up to today."),
    "too_many_lines": N_("That is too much at once: {limit} lines at most."),
    "not_an_amount": N_(
        "{value} is no amount of money. Write the {field} like `12.90`, `12,90 €`, `12.90 USD` "
        "or, for a hundred, `12,90/100`."
    ),
    "other_currency": N_("The {field} is in {value}, the currency of this server's books."),
    "same_currency": N_("An order in {value}, the currency of the books, takes no rate."),
    "two_at_once": N_("That says two things at once, {value}. Leave one of them."),
    "unknown_field": N_("There is no field {value} here."),
    "wrong_kind": N_("The {field} is not of the kind that belongs there."),
    "missing": N_("The {field} is missing."),
    "not_a_record": N_("Write the record's number, such as `41`."),
}

# A field that is not here is shown by its own name.
_FIELDS: Final = {
    "quantity": N_("quantity"),
    "counted": N_("counted quantity"),
    "reorder_point": N_("reorder point"),
    "reorder_target": N_("reorder target"),
    "factor": N_("factor"),
    "code": N_("barcode"),
    "tracking": N_("tracking"),
    "name": N_("name"),
    "description": N_("description"),
    "sku": N_("SKU"),
    "unit": N_("unit"),
    "note": N_("note"),
    "reason": N_("reason"),
    "query": N_("search text"),
    "lot": N_("lot"),
    "expiry": N_("expiry"),
    "expiry_warning_days": N_("days"),
    "order_approval_above": N_("limit"),
    "over_delivery_percent": N_("percentage"),
    "match_tolerance_percent": N_("percentage"),
    "amount": N_("amount"),
    "price_unit": N_("price unit"),
    "min_quantity": N_("minimum quantity"),
    "total": N_("total"),
    "price": N_("price"),
    "rate": N_("rate"),
    "promised_on": N_("promised day"),
    "number": N_("number"),
    "reference": N_("reference"),
    "date": N_("date"),
    "email": N_("e-mail address"),
    "phone": N_("phone number"),
    "tax_id": N_("tax id"),
    "for": N_("`for`"),
    "picked": N_("picked quantity"),
    "lines": N_("lines"),
    "item": N_("item"),
    "location": N_("location"),
    "from": N_("location to take from"),
    "to": N_("location to put into"),
    "order": N_("order"),
    "count": N_("count"),
    "parent": N_("parent location"),
    "kind": N_("kind of location"),
    "whole": N_("choice of whole quantities"),
    "archived": N_("choice to archive"),
    "barcode": N_("barcode"),
    "id": N_("id"),
    "data": N_("data"),
    "supersedes": N_("operation to take the place of"),
    "source": N_("`from` location"),
    "target": N_("`to` location"),
    "supplier": N_("supplier"),
    "role": N_("role"),
    "permission": N_("permission"),
}


@explain.register
def explain_invalid_value(error: InvalidValue) -> str:
    """Say what is wrong with a value, and how to write it."""
    if error.reason == "too_many_decimals" and error.limit == 0:
        return _("The {field} takes no decimals in this currency, for example `300`.").format(
            field=_name_field(error.field)
        )
    limit = _write_limit(error.limit)
    return _(REASONS[error.reason]).format(
        field=_name_field(error.field),
        value=bold(error.value) if error.value else _("like that"),
        limit=limit,
        example=_write_example(limit),
    )


@explain.register
def explain_ambiguous_quantity(error: AmbiguousQuantity) -> str:
    """Name both readings, and how to write each."""
    if error.second is None:
        return _(
            "The {field} {value} has more decimals than it can have. If {first} is meant, write "
            "`{first}`."
        ).format(
            field=_name_field(error.field),
            value=bold(error.typed),
            first=format_quantity(error.first),
        )
    return _(
        "The {field} {value} can be read as {first} or as {second}. Write `{first}` or `{second}`."
    ).format(
        field=_name_field(error.field),
        value=bold(error.typed),
        first=format_quantity(error.first),
        second=format_quantity(error.second),
    )


def _name_field(field: str) -> str:
    name = _FIELDS.get(field)
    return field.replace("_", " ") if name is None else _(name)


def _write_example(places: str) -> str:
    """Return a number of as many decimals as may be written, three at most."""
    return _EXAMPLE[: _EXAMPLE.index(".") + 1 + int(places)] if places.isdecimal() else _EXAMPLE


def _write_limit(limit: Decimal | int | None) -> str:
    if isinstance(limit, Decimal):
        return format_quantity(limit)
    return str(PLACES if limit is None else limit)
