from decimal import Decimal

import pytest

from bot.domain.permissions import DEFAULT_ROLES
from bot.domain.stock import LineEnd, MovedEnd
from bot.domain.virtual_locations import (
    LAST_RESERVED_ID,
    LAST_VIRTUAL_ID,
    VirtualLocation,
    is_virtual,
)


def test_the_outside_world_is_four_places() -> None:
    assert {place.name: int(place) for place in VirtualLocation} == {
        "SUPPLIER": 1,
        "CUSTOMER": 2,
        "LOSS": 3,
        "GAIN": 4,
    }


@pytest.mark.parametrize("place", VirtualLocation)
def test_the_outside_world_has_no_floor(place: VirtualLocation) -> None:
    assert is_virtual(place)
    assert LineEnd(place, "outside").is_virtual


@pytest.mark.parametrize("place_id", [LAST_VIRTUAL_ID + 1, LAST_RESERVED_ID, 100, 2**62])
def test_a_shelf_is_not_the_outside_world(place_id: int) -> None:
    assert not is_virtual(place_id)
    assert not LineEnd(place_id, "A1").is_virtual


def test_reserved_ids_never_meet_those_that_a_book_hands_out() -> None:
    reserved = [*VirtualLocation, *(role.id for role in DEFAULT_ROLES)]
    assert len(set(reserved)) == len(reserved)
    assert max(reserved) <= LAST_RESERVED_ID


def test_a_moved_end_knows_whether_it_is_outside() -> None:
    assert MovedEnd(VirtualLocation.LOSS, "loss", Decimal(0), Decimal(1)).is_virtual
