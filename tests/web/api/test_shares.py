"""Shares: what one guild or one device asks for at once takes nothing from others."""

from contextlib import ExitStack

import pytest

from bot.web.api.limits import DEVICE_UNDER_WAY, GUILD_UNDER_WAY, ApiLimits
from bot.web.api.problems import Refused
from bot.web.connections import MAX_CONNECTIONS

HERE, ELSEWHERE = 7001, 7002


def test_the_devices_of_one_guild_leave_room_for_those_of_others() -> None:
    limits = ApiLimits()
    with ExitStack() as under_way:
        for number in range(GUILD_UNDER_WAY):
            under_way.enter_context(limits.entered((HERE, 100 + number // DEVICE_UNDER_WAY)))
        with pytest.raises(Refused, match="too_many_requests"):
            under_way.enter_context(limits.entered((HERE, 999)))
        under_way.enter_context(limits.entered((ELSEWHERE, 100)))
    with limits.entered((HERE, 999)):
        pass
    assert MAX_CONNECTIONS >= 5 * GUILD_UNDER_WAY
