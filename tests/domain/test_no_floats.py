"""Money is never a float: not in an option, a request, an answer, a row or a column."""

import dataclasses
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any

import orjson
import pytest
from sqlalchemy import Float, Numeric

import bot.cogs
import bot.database.controllers
import bot.domain
import bot.reports
import bot.services
import bot.views
from bot.database.columns import _Exact
from bot.database.models import metadata
from bot.domain.chain import canonical_json
from bot.domain.document_contents import write_values
from bot.domain.money import Money

PACKAGES = (
    bot.domain,
    bot.database.controllers,
    bot.services,
    bot.reports,
    bot.views,
    bot.cogs,
)
# What a workbook's cell contains; it is read as the text that its author sees.
KNOWN = {"bot.reports.workbooks._number cell"}
# Where on a page or in a picture something is drawn, in points.
DRAWN = (
    "bot.reports.print",
    "bot.reports.charts",
    "bot.reports.chart_style",
    "bot.reports.rankings",
)
MONEY = re.compile(r"(?!.*currency)(.*(amount|price|total|rate|unit_cost).*|order_approval_above)")


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(each.name)


def annotations_of(module: ModuleType) -> Iterator[tuple[str, str, Any]]:
    """Yield whose annotation of what name is which type, of all that a module defines."""
    for name, thing in vars(module).items():
        if getattr(thing, "__module__", "") != module.__name__:
            continue
        things = [thing]
        if inspect.isclass(thing):
            things += [each for each in vars(thing).values() if inspect.isfunction(each)]
            things += [each.fget for each in vars(thing).values() if isinstance(each, property)]
        for each in things:
            function = getattr(each, "function", each)
            try:
                hints = typing.get_type_hints(function)
            except (TypeError, NameError):
                continue
            for field, hint in hints.items():
                yield f"{module.__name__}.{name}", field, hint


def contains_float(hint: Any) -> bool:
    return hint is float or any(contains_float(each) for each in typing.get_args(hint))


def test_no_annotation_is_a_float() -> None:
    found, seen = set(), 0
    for package in PACKAGES:
        for module in modules_of(package):
            for owner, field, hint in annotations_of(module):
                seen += 1
                if contains_float(hint):
                    found.add(f"{owner} {field}")
    assert seen > 5000
    assert {each for each in found if not each.startswith(DRAWN)} == KNOWN


def test_no_column_of_any_table_holds_a_float() -> None:
    exact = 0
    for table in metadata.sorted_tables:
        for column in table.columns:
            kind = column.type
            exact += isinstance(kind, _Exact)
            is_float = isinstance(kind, Float) or kind.python_type is float
            assert not is_float, f"{table.name}.{column.name}"
            assert not isinstance(kind, Numeric), f"SQLite rounds {table.name}.{column.name}"
            if MONEY.fullmatch(column.name):
                assert isinstance(kind, _Exact), f"{table.name}.{column.name}"
    assert exact > 15


def test_money_is_written_as_text_in_json_and_a_float_is_refused() -> None:
    money = Money(Decimal("0.10"), "EUR")
    assert orjson.loads(canonical_json(dataclasses.asdict(money)))["amount"] == "0.10"
    assert write_values({"amount": Decimal("0.100")}) == {"amount": "0.1"}
    with pytest.raises(TypeError):
        Money(0.1, "EUR")  # type: ignore[arg-type]
