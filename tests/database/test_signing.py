"""Heads are signed by a key that is not in the database."""

import stat
from dataclasses import replace
from pathlib import Path

from bot.database.signing import Signing
from bot.domain.anchors import Anchor, parse_anchors
from bot.domain.chain import first_link

HEAD = Anchor(7001, 41, first_link(7001))
NEW, OLD = "new-signing-key-0123456789", "old-signing-key-0123456789"


def test_a_signature_fits_its_head_alone() -> None:
    signing = Signing("postgresql+asyncpg://x/y", NEW)
    signed = replace(HEAD, signature=signing.sign(HEAD, "2026-11-25"))
    assert signing.check(signed) == "valid"
    assert parse_anchors(f"# kept by mail\n\n{signed}\n") == [signed]
    for other in (
        replace(signed, record=42),
        replace(signed, guild_id=7002),
        replace(signed, hash=first_link(7002)),
        replace(signed, signature=signed.signature.replace("2026-11-25", "2026-11-26")),
        replace(signed, signature="forged"),
    ):
        assert signing.check(other) == "wrong", other


def test_the_first_key_signs_and_all_are_recognized() -> None:
    url = "postgresql+asyncpg://x/y"
    old, both = Signing(url, OLD), Signing(url, f"{NEW},{OLD}")
    signed = replace(HEAD, signature=old.sign(HEAD, "2026-11-25"))
    assert both.check(signed) == "valid"
    assert both.sign(HEAD, "2026-11-25") != signed.signature
    assert Signing(url, NEW).check(signed) == "unknown"
    assert Signing(url, None).sign(HEAD, "2026-11-25") == ""


def test_beside_an_sqlite_file_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/books.db"
    assert Signing(url, None).list_public_keys() == []
    assert Signing(url, None).sign(HEAD, "2026-11-25") == ""
    text = Signing(url, None).sign(HEAD, "2026-11-25", may_make_key=True)
    signed = replace(HEAD, signature=text)
    file = tmp_path / "books.db.signing.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Signing(url, None).check(signed) == "valid"
