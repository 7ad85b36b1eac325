import base64
import os
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import get_args

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy.engine import make_url

from bot.addresses import async_url
from bot.app import names_of
from bot.errors import TallymanError
from bot.key_strength import is_strong
from bot.mistyped_settings import find_mistyped, resembling
from bot.settings import SECRETS, Settings, SettingsError, Shards, load_settings

ROOT = Path(__file__).parents[1]
STRANGER = "leads neither to Discord nor to this machine"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def refusal(monkeypatch: pytest.MonkeyPatch, **values: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, **values)
    assert caught.value.__cause__ is None
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize("name", ["DATA_KEY", "SIGNING_KEY"])
@pytest.mark.parametrize(
    "key",
    [
        "0123456789abcdefgh",
        "k" * 40,
        "a" * 32,
        "short,strong-key-of-the-tests-0123456789",
        "12345678901234567890",
        "1234567890" * 5,
        "changeme" * 8,
        "abcdefgh" * 4,
        "passwordpasswordpassword",
        "0123456789abcdef" * 4,
        "0123456789-0123456789",
        "4f9c2a7be01d835664aa",
        "73920184756102938475610293847",
        ",strong-key-of-the-tests-0123456789",
    ],
)
def test_a_key_that_can_be_guessed_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, key: str
) -> None:
    (problem,) = refusal(monkeypatch, **{name: key})
    assert problem.startswith(f"{name} is easy to guess; its first key needs 128 bits of chance")
    assert "`openssl rand -base64 32`" in problem
    assert f"set {name}=new,old" in problem
    assert key not in problem


def test_an_older_key_may_be_weak(monkeypatch: pytest.MonkeyPatch) -> None:
    strong = "strong-key-of-the-tests-0123456789"
    settings = load(monkeypatch, DATA_KEY=f"{strong},short", SIGNING_KEY=f"{strong},{'a' * 32}")
    assert settings.data_key is not None
    assert settings.signing_key is not None


@pytest.mark.parametrize(
    "make",
    [
        lambda chance: base64.b64encode(chance.randbytes(32)).decode(),
        lambda chance: base64.urlsafe_b64encode(chance.randbytes(32)).decode(),
        lambda chance: base64.b64encode(chance.randbytes(16)).decode(),
        lambda chance: base64.b64encode(chance.randbytes(16)).decode().rstrip("="),
        lambda chance: chance.randbytes(16).hex(),
        lambda chance: chance.randbytes(16).hex().upper(),
        lambda chance: chance.randbytes(32).hex(),
        lambda chance: "".join(chance.choices(string.digits, k=39)),
        lambda chance: "".join(chance.choices(string.ascii_lowercase, k=28)),
    ],
)
def test_a_key_made_by_chance_is_taken(make: Callable[[Random], str]) -> None:
    chance = Random(1)
    assert all(is_strong(make(chance)) for _ in range(500))


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()

    assert settings.discord_token is None
    assert settings.discord_api_url == "https://discord.com/api/v10"
    assert settings.discord_gateway_url == "wss://gateway.discord.gg"
    assert settings.discord_shards is None
    assert settings.discord_trust_custom_urls is False
    assert settings.database_url.get_secret_value() == "sqlite+aiosqlite:///tallyman.db"
    assert settings.database_owner_url == settings.database_url
    assert settings.database_backup_url == settings.database_url
    assert settings.database_pool_size == 10
    assert settings.database_pre_ping is True
    assert settings.database_pooler is None
    assert settings.database_echo is False
    assert settings.data_key is None
    assert (settings.log_level, settings.log_format, settings.audit_log) == ("INFO", "text", None)
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert settings.public_url is None
    assert settings.is_sqlite


def test_the_example_file_names_every_setting_with_its_default() -> None:
    example = ROOT / ".env.example"
    named = {line.partition("=")[0] for line in example.read_text().splitlines() if "=" in line}

    assert {name.upper() for name in Settings.model_fields} <= named
    assert load_settings(example) == load_settings(None)


def test_the_environment_beats_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The leading mark is what some editors put there.
    (tmp_path / ".env").write_text(
        "\ufeffLOG_LEVEL=DEBUG\nHTTP_PORT=9000\nUNRELATED=1\n", encoding="utf-8"
    )

    settings = load(monkeypatch, HTTP_PORT="9001")

    assert (settings.log_level, settings.http_port) == ("DEBUG", 9001)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00LOG", b"HTTP_HOST=\xe4\n"])
def test_an_unreadable_file_is_said_to_be_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)

    with pytest.raises(SettingsError, match="cannot be read; make it a text file"):
        load_settings()


def test_blank_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    blanks = {name.upper(): " " for name in Settings.model_fields}

    assert load(monkeypatch, **blanks) == Settings()
    assert load(monkeypatch, DISCORD_TOKEN="").discord_token is None


def test_space_around_a_value_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, DISCORD_TOKEN=" abc\n", HTTP_PORT=" off ", LOG_LEVEL=" debug ")

    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "abc"
    assert (settings.http_port, settings.log_level) == (None, "DEBUG")


def test_every_secret_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = {name for name, field in Settings.model_fields.items() if is_secret(field.annotation)}
    assert secret == set(SECRETS)
    for name in SECRETS:
        file = tmp_path / name
        scheme = "postgresql://a:b@c/" if name.endswith("_url") else ""
        file.write_text(f"{scheme}the-{name}-0123456789abcdefghijklmnopq\n")
        monkeypatch.setenv(f"{name.upper()}_FILE", str(file))

    settings = load_settings()

    for name in SECRETS:
        assert f"the-{name}-" in getattr(settings, name).get_secret_value()


def is_secret(annotation: object) -> bool:
    return annotation is SecretStr or SecretStr in get_args(annotation)


def test_a_file_of_a_secret_that_cannot_be_used_is_said_without_its_contents(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "lines").write_text("# made today\nfrom-the-file\n")
    (tmp_path / "large").write_text("x" * 70_000)
    (tmp_path / "token").write_text("from-the-file\r\n")
    (tmp_path / ".env").write_text("DISCORD_TOKEN=from-dotenv")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "token")
    reasons = {
        "absent": "No such file",
        ".": "Is a directory",
        "empty": "is empty",
        "binary": "no text",
        "lines": "more than one line",
        "large": "too large",
        "/dev/zero": "a device or a pipe",
        "pipe": "a device or a pipe",
    }
    for path, why in reasons.items():
        (problem,) = refusal(monkeypatch, DISCORD_TOKEN_FILE=str(tmp_path / path))
        assert why in problem
    for path in ("token", "link"):
        settings = load(monkeypatch, DISCORD_TOKEN_FILE=str(tmp_path / path))
        assert settings.discord_token is not None
        assert settings.discord_token.get_secret_value() == "from-the-file"
    (problem,) = refusal(monkeypatch, DISCORD_TOKEN="given-as-well")
    assert problem == "DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set; remove one of them."


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().__setattr__("http_port", 1)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("sqlite:///books.db", "sqlite+aiosqlite:///books.db"),
        ("sqlite:////srv/books.db", "sqlite+aiosqlite:////srv/books.db"),
        ("sqlite://", "sqlite+aiosqlite://"),
        ("sqlite+aiosqlite:///books.db", "sqlite+aiosqlite:///books.db"),
        ("postgresql://u:p%40@h:5432/d", "postgresql+asyncpg://u:p%40@h:5432/d"),
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        (
            "postgresql://postgres:@/tally?host=/tmp/sock",
            "postgresql+asyncpg://postgres:@/tally?host=/tmp/sock",
        ),
        (
            "postgresql://u:p@h/d?host=a&sslmode=require",
            "postgresql+asyncpg://u:p@h/d?host=a&ssl=require",
        ),
    ],
)
def test_database_urls_get_the_async_driver_and_stay_as_they_are(given: str, made: str) -> None:
    assert async_url(given) == made
    assert make_url(made).drivername in {"sqlite+aiosqlite", "postgresql+asyncpg"}


@pytest.mark.parametrize(
    "parameter", ["options=-csearch_path%3Dbooks", "search_path=books", "channel_binding=require"]
)
def test_a_parameter_that_the_driver_does_not_know_is_named(
    monkeypatch: pytest.MonkeyPatch, parameter: str
) -> None:
    url = f"postgresql://u:hull@h/d?sslmode=require&{parameter}"
    (problem,) = refusal(monkeypatch, DATABASE_URL=url)
    name = parameter.partition("=")[0]
    assert problem.startswith(f"DATABASE_URL has the parameter '{name}' behind ?, which the driver")
    assert "hull" not in problem


def test_a_question_mark_in_a_password_begins_no_parameters() -> None:
    url = "postgresql+asyncpg://u:12?hull=3@h/d"
    assert async_url(url) == url
    assert make_url(url).password == "12?hull=3"


def test_each_database_url_may_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        DATABASE_URL="postgresql://app:a@h/d",
        DATABASE_OWNER_URL="postgresql://owner:o@h/d",
    )

    assert not settings.is_sqlite
    assert settings.database_owner_url.get_secret_value() == "postgresql+asyncpg://owner:o@h/d"
    assert settings.database_backup_url == settings.database_url


def test_settings_do_not_load_the_database_library() -> None:
    code = "import sys, bot.settings; print('sqlalchemy' in sys.modules, 'discord' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("given", "shards"),
    [
        ("8", Shards(8)),
        ("0/1", Shards(1, (0,))),
        ("5,0-2/8", Shards(8, (0, 1, 2, 5))),
        ("3-3/4", Shards(4, (3,))),
    ],
)
def test_shards_are_a_count_or_ids_of_a_count(
    monkeypatch: pytest.MonkeyPatch, given: str, shards: Shards
) -> None:
    assert load(monkeypatch, DISCORD_SHARDS=given).discord_shards == shards


SECRET = "hunter2secret"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DISCORD_TOKEN", f"Bot {SECRET}", "without 'Bot'"),
        ("DISCORD_TOKEN", f'"{SECRET}', "quotes"),
        ("DISCORD_SHARDS", "0", "is neither a count"),
        ("DISCORD_SHARDS", "ten", "is neither a count"),
        ("DISCORD_SHARDS", "/4", "is neither a count"),
        ("DISCORD_SHARDS", "1-/4", "is neither a count"),
        ("DISCORD_SHARDS", "0-99999999999/4", "is neither a count"),
        ("DISCORD_SHARDS", "1000000", "is neither a count"),
        ("DISCORD_SHARDS", "4/4", "they are 0-3"),
        ("DISCORD_SHARDS", "3-1/4", "names a shard that does not exist"),
        ("DATABASE_URL", f"mysql://u:{SECRET}@h/d", "start it with sqlite:/// or postgresql://"),
        ("DATABASE_URL", f"{SECRET}.db", "is not a database URL"),
        ("DATABASE_URL", "sqlite://books.db", "three slashes"),
        ("DATABASE_URL", f"postgresql://u:{SECRET}/x@h/d", "write them as %2F"),
        ("DATABASE_URL", f"postgresql://u:{SECRET}#x@h/d", "write them as %2F"),
        ("DATABASE_URL", "postgresql://u:p@h:port/d", "has no valid port"),
        ("DATABASE_OWNER_URL", f"oracle://u:{SECRET}@h/d", "is not a database URL"),
        ("DATABASE_BACKUP_URL", f"oracle://u:{SECRET}@h/d", "is not a database URL"),
        ("DATABASE_POOL_SIZE", "0", "from 1 to 100"),
        ("DATABASE_POOL_SIZE", "101", "from 1 to 100"),
        ("DATABASE_POOL_SIZE", "many", "from 1 to 100"),
        ("DATABASE_PRE_PING", "maybe", "neither true nor false"),
        ("DATABASE_POOLER", "session", "set transaction for pgbouncer's"),
        ("DATABASE_ECHO", "2", "neither true nor false"),
        ("DISCORD_TRUST_CUSTOM_URLS", "sure", "neither true nor false"),
        ("LOG_LEVEL", "LOUD", "use TRACE, DEBUG"),
        ("LOG_FORMAT", "xml", "use text or json"),
        ("HTTP_HOST", "127.0.0.1:8080", "belongs into HTTP_PORT"),
        ("HTTP_HOST", "http://here", "is not a host name"),
        ("HTTP_PORT", "65536", "from 0 to 65535"),
        ("HTTP_PORT", "-1", "or off"),
        ("HTTP_PORT", "on", "or off"),
        ("PUBLIC_URL", "stock.example.com", "it looks like https://stock.example.com"),
        ("PUBLIC_URL", "ftp://stock.example.com", "it looks like https://stock.example.com"),
        ("PUBLIC_URL", "https://", "it looks like https://stock.example.com"),
        ("PUBLIC_URL", "https://stock..example", "it looks like https://stock.example.com"),
        ("PUBLIC_URL", "https://h:x", "it looks like https://stock.example.com"),
        ("PUBLIC_URL", f"https://h/{SECRET} x", "without spaces"),
        ("PUBLIC_URL", "http://stock.example.com", "has to begin with https://"),
        ("PUBLIC_URL", "http://192.168.0.7:8080", "has to begin with https://"),
        ("PUBLIC_URL", "https://stock.example.com/app", "names a path or a query"),
        ("PUBLIC_URL", f"https://stock.example.com?key={SECRET}", "names a path or a query"),
        ("PUBLIC_URL", f"https://stock.example.com/#{SECRET}", "names a path or a query"),
        ("PUBLIC_URL", f"https://me:{SECRET}@stock.example.com", "holds a user name"),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_the_setting_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    (problem,) = refusal(monkeypatch, **{name: value})

    assert problem.startswith(f"{name} ")
    assert problem.endswith(".")
    assert said in problem
    assert SECRET not in problem


def test_every_problem_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = refusal(monkeypatch, LOG_LEVEL="x", HTTP_PORT="x", DATABASE_URL="x", DATA_KEY="k")

    assert [p.split()[0] for p in problems] == [
        "DATABASE_URL",
        "DATA_KEY",
        "LOG_LEVEL",
        "HTTP_PORT",
    ]
    assert issubclass(SettingsError, TallymanError)


@pytest.mark.parametrize(
    ("public", "host", "port", "page"),
    [
        ("https://Stock.example.com/", "0.0.0.0", 8080, "https://stock.example.com"),
        ("https://[2001:DB8::1]:8443", "127.0.0.1", None, "https://[2001:db8::1]:8443"),
        ("http://localhost:9000", "127.0.0.1", 8080, "http://localhost:9000"),
        ("", "127.0.0.1", 8080, "http://localhost:8080"),
        ("", "localhost", 41234, "http://localhost:41234"),
        ("", "::1", 41234, "http://localhost:41234"),
        ("", "127.0.0.1", None, None),
        ("", "0.0.0.0", 8080, None),
        ("", "192.168.0.7", 8080, None),
    ],
)
def test_devices_open_the_page_at_the_public_address_or_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, public: str, host: str, port: int | None, page: str | None
) -> None:
    assert load(monkeypatch, PUBLIC_URL=public, HTTP_HOST=host).page_url(port) == page


def test_the_web_server_answers_to_its_public_name(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PUBLIC_URL="https://Stock.example.com:8443", HTTP_HOST="here")
    assert names_of(settings) == {"here", "stock.example.com"}
    assert names_of(load(monkeypatch, PUBLIC_URL="")) == {"here"}


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DISCORD_API_URL", "https://discord.com:443/api/v10"),
        ("DISCORD_API_URL", "https://canary.discord.com/api/v10"),
        ("DISCORD_API_URL", "http://127.0.0.1:9000/api/v10"),
        ("DISCORD_API_URL", "http://127.8.9.1/api/v10"),
        ("DISCORD_API_URL", "http://localhost:9000/api/v10"),
        ("DISCORD_API_URL", "http://[::1]:9000/api/v10"),
        ("DISCORD_GATEWAY_URL", "wss://gateway-us-east1-b.discord.gg"),
        ("DISCORD_GATEWAY_URL", "ws://127.0.0.1:9001"),
    ],
)
def test_discord_and_this_machine_are_trusted(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    assert getattr(load(monkeypatch, **{name: f"{url}/"}), name.lower()) == url


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DISCORD_API_URL", "https://discord.example/api/v10"),
        ("DISCORD_API_URL", "https://discord.com.example/api/v10"),
        ("DISCORD_API_URL", "https://notdiscord.com/api/v10"),
        ("DISCORD_API_URL", "https://support.discord.com/api/v10"),
        ("DISCORD_API_URL", "http://discord.com/api/v10"),
        ("DISCORD_API_URL", "https://discord.com:8443/api/v10"),
        ("DISCORD_API_URL", "http://127.0.0.1.example/api/v10"),
        ("DISCORD_API_URL", "http://localhost.example/api/v10"),
        ("DISCORD_API_URL", "http://2130706433/api/v10"),
        ("DISCORD_API_URL", "http://0.0.0.0/api/v10"),
        ("DISCORD_API_URL", "http://10.0.0.1/api/v10"),
        ("DISCORD_API_URL", "http://[2001:db8::1]/api/v10"),
        ("DISCORD_GATEWAY_URL", "wss://gateway.discord.example"),
        ("DISCORD_GATEWAY_URL", "ws://gateway.discord.gg"),
    ],
)
def test_a_stranger_gets_the_token_only_when_told_to(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    (problem,) = refusal(monkeypatch, **{name: url})
    assert problem.startswith(f"{name} {STRANGER}")
    assert "set DISCORD_TRUST_CUSTOM_URLS=true" in problem

    trusting = load(monkeypatch, **{name: url, "DISCORD_TRUST_CUSTOM_URLS": "true"})
    assert getattr(trusting, name.lower()) == url


@pytest.mark.parametrize(
    "url",
    [
        f"https://discord.com:{SECRET}@host.example/api/v10",
        "https://127.0.0.1\\@host.example/api/v10",
        "https://host.example\t/api/v10",
        "https://host.example/api/v10?x",
        "https://host.example#@discord.com/api/v10",
        "https://discord\u3002com/api/v10",
        "https://discord.com%2ehost.example/api/v10",
        "wss://gateway.discord.gg",
        "ftp://127.0.0.1/api/v10",
        "https:///api/v10",
        "http://127.0.0.1:99999/api/v10",
        "http://[::1/api/v10",
        "discord.com",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_refused_even_when_trusted(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    (problem,) = refusal(monkeypatch, DISCORD_API_URL=url, DISCORD_TRUST_CUSTOM_URLS="true")

    assert problem.startswith("DISCORD_API_URL is not a usable address")
    assert SECRET not in problem


def test_another_version_of_discords_api_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (problem,) = refusal(monkeypatch, DISCORD_API_URL="https://discord.com/api/v9")

    assert "has to end in /api/v10" in problem


def test_no_secret_stands_in_what_settings_print(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "DISCORD_TOKEN": "tokentoken",
        "DATA_KEY": "keykeykey-0123456789-key",
        "DATABASE_URL": "postgresql://u:pass%40word@h/d",
        "DATABASE_OWNER_URL": "postgresql://u@h/d?password=ownerpass",
        "DATABASE_BACKUP_URL": "postgresql://u:back@up@h/d",
    }
    settings = load(monkeypatch, **secrets)

    printed = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    for part in ("tokentoken", "keykeykey-0123456789-key", "pass%40word", "ownerpass", "back@up"):
        assert part not in printed
        assert part in settings.secret_values()
    assert "pass@word" in settings.secret_values()


def test_even_pydantics_own_report_quotes_no_value() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(database_url=f"mysql://u:{SECRET}@h/d")

    assert SECRET not in str(caught.value)


def test_a_name_that_resembles_a_setting_is_found_in_the_environment_and_in_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISCORD_TOKN", "x")
    (tmp_path / ".env").write_text("DATABASE_URI=x\nHTTP_PORT=80\n")
    assert find_mistyped() == {"DISCORD_TOKN": "DISCORD_TOKEN", "DATABASE_URI": "DATABASE_URL"}
    assert resembling(["DISCORD_BOT_TOKEN", "loglevel"]) == {
        "DISCORD_BOT_TOKEN": "DISCORD_TOKEN",
        "loglevel": "LOG_LEVEL",
    }
    assert not resembling(["http_port", "DATA_KEY_FILE", "TEST_DATABASE_URL", "HTTP_PROXY", "PATH"])
