import os
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.database.admin import postgresql_tools
from bot.database.admin.postgresql_tools import complaint_of, environment_of, find_tool
from bot.errors import BackupRefused


def put_program(path: Path, version: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    path.chmod(0o755)
    return str(path)


def test_a_password_goes_by_environment_and_nothing_is_lost_of_an_address() -> None:
    url = make_url("postgresql+asyncpg://ann:p%40ss@db.example:5433/books?ssl=verify-full")
    environment = environment_of(url)
    wanted = {
        "PGHOST": "db.example", "PGPORT": "5433", "PGUSER": "ann", "PGPASSWORD": "p@ss",
        "PGDATABASE": "books", "PGSSLMODE": "verify-full",
    }  # fmt: skip
    assert wanted.items() <= environment.items()
    many = environment_of(make_url("postgresql+asyncpg://ann@/books?host=a:1&host=b:2"))
    assert (many["PGHOST"], many["PGPORT"]) == ("a,b", "1,2")
    socket = environment_of(make_url("postgresql+asyncpg://ann@/books?host=/run/postgresql"))
    assert socket["PGHOST"] == "/run/postgresql"


async def test_a_program_that_is_absent_or_too_old_is_said_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_tools, "_DEBIAN", tmp_path / "lib")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin")
    with pytest.raises(BackupRefused, match=r"is not installed.*postgresql-client-17"):
        await find_tool("pg_dumpling", 17)
    older = put_program(tmp_path / "pg_dumpling", "15.4")
    with pytest.raises(BackupRefused, match=r"version 15.*server of 17.*postgresql-client-17"):
        await find_tool("pg_dumpling", 17)
    newer = put_program(tmp_path / "lib" / "18" / "bin" / "pg_dumpling", "18.1")
    assert await find_tool("pg_dumpling", 17) == newer
    assert await find_tool("pg_dumpling", 15) == older


def test_the_line_that_says_what_was_wrong_is_told() -> None:
    assert complaint_of(b"noise\npsql:<stdin>:4: ERROR:  no room.\nmore\n").endswith("no room")
    assert complaint_of(b"") == "it did not say why"
