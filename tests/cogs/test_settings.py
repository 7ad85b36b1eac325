from tests.cogs.world import House, World


async def test_the_defaults_are_shown(house: House) -> None:
    await house.world.tell_audit()
    shown = await house.owner.type("settings show")
    channels = house.guild.channels
    assert shown.description.splitlines() == [
        f"Audit channel: <#{channels['audit'].id}>",
        f"Approvals channel: <#{channels['approvals'].id}>",
        f"Alerts channel: <#{channels['alerts'].id}>",
        f"Requests channel: <#{channels['requests'].id}>",
        "`default_role`: **employee**",
        "`undo_minutes`: **15**",
        "`timezone`: **UTC**",
        "`currency`: **EUR**",
        "`expiry_warning_days`: **30**",
        "`order_approval_above`: **0**",
        "`over_delivery_percent`: **0**",
        "`match_tolerance_percent`: **0**",
    ]


CHANGED = [
    ("default_role", " VIEWER ", "employee", "viewer"),
    ("default_role", "none", "viewer", "none"),
    ("undo_minutes", " 0 ", "15", "0"),
    ("undo_minutes", "10080", "0", "10080"),
    ("timezone", "europe/berlin", "UTC", "Europe/Berlin"),
    ("expiry_warning_days", " 7 ", "30", "7"),
    ("order_approval_above", "1.250,50 €", "0", "1250.5"),
    ("over_delivery_percent", "2,5 %", "0", "2.5"),
    ("match_tolerance_percent", "1", "0", "1"),
    # The last: a limit is in the currency of the books.
    ("currency", "chf", "EUR", "CHF"),
]


async def test_a_setting_shows_before_and_after(house: House) -> None:
    for key, value, before, after in CHANGED:
        changed = await house.admin.type("settings set", key=key, value=value)
        assert changed.lines[0].startswith("✅ Changed the setting")
        assert f"{key}: {before} → {after}" in changed.text
        shown = await house.owner.type("settings show")
        assert f"`{key}`: **{after}**" in shown.description.splitlines()


REFUSED = [
    ("undo_minutes", "10081", "as a whole number from 0 to 10080"),
    ("undo_minutes", "-1", "as a whole number"),
    ("undo_minutes", "1.5", "as a whole number"),
    ("undo_minutes", "9" * 40, "as a whole number"),
    ("timezone", "Mars/Olympus", "There is no time zone **Mars/Olympus**."),
    ("timezone", "../etc/passwd", "There is no time zone"),
    ("currency", "EURO", "**EURO** is not an ISO currency code."),
    ("currency", "XXX", "**XXX** is not an ISO currency code."),
    ("order_approval_above", "100 USD", "is in **EUR**, the currency of this server's books."),
    ("over_delivery_percent", "101", "can be 100 at most"),
    ("default_role", "pirate", "There is no role **pirate**."),
    ("undo_minutes", "15", "undo\\_minutes is already **15**."),
    ("default_role", "Employee", "default\\_role is already **employee**."),
]


async def test_the_limit_of_orders_is_said_to_end_with_its_currency(house: House) -> None:
    await house.admin.type("settings set", key="order_approval_above", value="500")
    changed = await house.admin.type("settings set", key="currency", value="JPY")
    assert "currency: EUR → JPY\norder_approval_above: 500 → 0" in changed.text


async def test_what_cannot_be_set_changes_nothing(world: World, house: House) -> None:
    for key, value, words in REFUSED:
        async with world.unchanged():
            answer = await house.admin.type("settings set", key=key, value=value)
        assert words in answer.text


async def test_a_setting_that_is_not_there_is_refused(world: World, house: House) -> None:
    async with world.unchanged():
        answer = await house.admin.send("settings set", key="colour", value="red")
    assert answer.text == "There is no choice **colour**. Pick one from the list."


async def test_a_backlog_is_counted(house: House) -> None:
    shown = await house.owner.type("settings show")
    assert "7 records are waiting to be posted in the audit channel." in shown.description
    await house.world.tell_audit()
    assert "still have" not in (await house.owner.type("settings show")).description


async def test_a_time_zone_that_was_nearly_named_is_asked_back(world: World, house: House) -> None:
    for typed in ("Berlin", "Europe/Berln", "berln"):
        async with world.unchanged():
            asked = await house.admin.type("settings set", key="timezone", value=typed)
        assert list(asked.buttons) == ["Europe/Berlin"], typed
    changed = await house.admin.press(asked, "Europe/Berlin")
    assert "timezone: UTC → Europe/Berlin" in changed.text
    assert await house.admin.values("settings set", "value", "new y", key="timezone") == [
        "America/New_York"
    ]
