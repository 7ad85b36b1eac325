"""What an operator may set, by environment variable or ``.env``, and the words for a bad value.

PRODUCT's table is the interface: a setting's name is its field in capitals. A validator's
message is the part of a sentence that follows the name; it never quotes a secret.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.addresses import (
    address_of,
    async_url,
    discord_url,
    is_loopback,
    passwords_of,
    public_url,
)
from bot.errors import TallymanError
from bot.key_strength import MIN_BITS, is_strong
from bot.secret_files import SecretFileError, SecretFiles

# Each may also be in a file that `<NAME>_FILE` names.
SECRETS: Final = (
    "discord_token",
    "database_url",
    "database_owner_url",
    "database_backup_url",
    "data_key",
    "signing_key",
)

DISCORD_API_URL: Final = "https://discord.com/api/v10"
DISCORD_GATEWAY_URL: Final = "wss://gateway.discord.gg"
MAX_SHARDS: Final = 10_000
MAX_POOL_SIZE: Final = 100
_WEAK_KEY: Final = (
    f"is easy to guess; its first key needs {MIN_BITS} bits of chance: make one with "
    "`openssl rand -base64 32`, and "
)

# What pydantic itself checks, said in an operator's words.
_EXPECTED: Final = {
    "discord_trust_custom_urls": "is neither true nor false; set one of them",
    "database_pool_size": f"is not a whole number from 1 to {MAX_POOL_SIZE}; 10 suits most guilds",
    "database_pre_ping": "is neither true nor false; set one of them",
    "database_pooler": "is no way of pooling; set transaction for pgbouncer's, or leave it out",
    "database_echo": "is neither true nor false; set one of them",
    "clock_check": "is neither true nor false; set one of them",
    "log_level": "is not a level; use TRACE, DEBUG, INFO, WARNING, ERROR or CRITICAL",
    "log_format": "is not a format; use text or json",
    "http_port": "is not a port; use a number from 0 to 65535 (0 picks a free one) or off",
}


@dataclass(eq=False)
class SettingsError(TallymanError):
    """The operator must fix something first; each problem is one sentence without secrets."""

    problems: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.problems)


@dataclass(frozen=True)
class Shards:
    """How many shards the bot has; `ids` are this process's own, None for all of them."""

    count: int
    ids: tuple[int, ...] | None = None


class Settings(BaseSettings):
    """Every setting, checked; database URLs are already those of the async drivers."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",  # compose keeps its own names in the same .env
        env_ignore_empty=True,
        env_file_encoding="utf-8-sig",  # some editors begin a file with a mark
        hide_input_in_errors=True,
        validate_default=True,
    )

    # Before the URLs, because their checks look at it.
    discord_trust_custom_urls: bool = False
    discord_token: SecretStr | None = None
    discord_api_url: str = DISCORD_API_URL
    discord_gateway_url: str = DISCORD_GATEWAY_URL
    discord_shards: Annotated[Shards | None, NoDecode] = None

    database_url: SecretStr = SecretStr("sqlite:///tallyman.db")
    database_owner_url: SecretStr = Field(default_factory=lambda known: known["database_url"])
    database_backup_url: SecretStr = Field(default_factory=lambda known: known["database_url"])
    database_pool_size: int = Field(default=10, ge=1, le=MAX_POOL_SIZE)
    database_pre_ping: bool = True
    database_pooler: Literal["transaction"] | None = None
    database_echo: bool = False
    clock_check: bool = True
    data_key: SecretStr | None = None
    signing_key: SecretStr | None = None

    log_level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    audit_log: Path | None = None

    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] | None = 8080
    """None is the operator's `off`."""
    public_url: str | None = None
    """Where people's devices reach this process; see `page_url`."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Look for `<NAME>_FILE` of each secret beside the place where it may be set itself."""
        del file_secret_settings
        assert isinstance(env_settings, EnvSettingsSource)
        assert isinstance(dotenv_settings, EnvSettingsSource)
        sources = [init_settings]
        for source in (env_settings, dotenv_settings):
            sources += [source, SecretFiles(settings_cls, source.env_vars, SECRETS)]
        return tuple(sources)

    @model_validator(mode="before")
    @classmethod
    def _drop_blanks(cls, values: Any) -> Any:
        stripped = {k: v.strip() if isinstance(v, str) else v for k, v in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    @field_validator("discord_token")
    @classmethod
    def _check_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[^\s'\"]+", value.get_secret_value()):
            raise ValueError("holds spaces or quotes; set the bare token, without 'Bot'")
        return value

    @field_validator("signing_key")
    @classmethod
    def _check_signing_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_strong(_newest_of(value)):
            raise ValueError(f"{_WEAK_KEY}if the old one signed anything, set SIGNING_KEY=new,old")
        return value

    @field_validator("discord_api_url", "discord_gateway_url")
    @classmethod
    def _check_discord_url(cls, value: str, info: ValidationInfo) -> str:
        schemes = ("https", "http") if info.field_name == "discord_api_url" else ("wss", "ws")
        # Left out of `data` when it is itself bad: then one problem is enough.
        trusted = info.data.get("discord_trust_custom_urls", True)
        return discord_url(value, schemes, trusted=trusted)

    @field_validator("discord_shards", mode="before")
    @classmethod
    def _parse_shards(cls, value: Any) -> Any:
        return _shards(value) if isinstance(value, str) else value

    @field_validator("database_url", "database_owner_url", "database_backup_url")
    @classmethod
    def _to_async_driver(cls, value: SecretStr) -> SecretStr:
        return SecretStr(async_url(value.get_secret_value()))

    @field_validator("data_key")
    @classmethod
    def _check_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_strong(_newest_of(value)):
            old = "set DATA_KEY=new,old and run `tallyman db rekey`"
            raise ValueError(f"{_WEAK_KEY}if the old one encrypted anything, {old}")
        return value

    @field_validator("log_level", "log_format", "database_pooler", mode="before")
    @classmethod
    def _fold_case(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            return value
        return value.upper() if info.field_name == "log_level" else value.lower()

    @field_validator("http_host")
    @classmethod
    def _check_host(cls, value: str) -> str:
        host = value.removeprefix("[").removesuffix("]")
        is_address = ":" in host and address_of(host) is not None
        if not is_address and not re.fullmatch(r"[A-Za-z0-9._-]+", host):
            raise ValueError("is not a host name or an address; the port belongs into HTTP_PORT")
        return host

    @field_validator("http_port", mode="before")
    @classmethod
    def _read_off(cls, value: Any) -> Any:
        return None if isinstance(value, str) and value.lower() == "off" else value

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str | None) -> str | None:
        return None if value is None else public_url(value)

    def page_url(self, port: int | None) -> str | None:
        """Return the address of the scanner's page, None where no device could use it.

        `port` is the one that this process listens on, if it does.
        """
        if self.public_url is not None:
            return self.public_url
        is_here = port is not None and is_loopback(self.http_host)
        return f"http://localhost:{port}" if is_here else None

    @property
    def is_sqlite(self) -> bool:
        """The books are in a SQLite file rather than on a PostgreSQL server."""
        return self.database_url.get_secret_value().startswith("sqlite")

    def secret_values(self) -> frozenset[str]:
        """Everything that must never reach a log: token, data key, database passwords."""
        found = {self.discord_token.get_secret_value()} if self.discord_token else set()
        for keys in filter(None, (self.data_key, self.signing_key)):
            found |= {key.strip() for key in keys.get_secret_value().split(",")}
        for url in (self.database_url, self.database_owner_url, self.database_backup_url):
            found |= passwords_of(url.get_secret_value())
        return frozenset(found)


def load_settings(env_file: str | Path | None = ".env") -> Settings:
    """Read the environment and `env_file`; raise SettingsError naming every bad setting."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        problems = (_sentence(detail) for detail in details)
        raise SettingsError(tuple(dict.fromkeys(p for p in problems if p))) from None
    except SecretFileError as error:
        raise SettingsError((str(error),)) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            (f"The file {env_file} cannot be read; make it a text file that this user may read.",)
        ) from None


def _newest_of(keys: SecretStr) -> str:
    """Return the first of some keys; a weak one behind it must still open what it encrypted."""
    return keys.get_secret_value().split(",")[0].strip()


def _shards(text: str) -> Shards:
    """Read `8`, `0/8`, `0,2/8` or `0-3/8`."""
    ids_text, slash, count_text = text.rpartition("/")
    problem = f"is neither a count up to {MAX_SHARDS} like 8 nor ids and a count like 0-3/8"
    ranges = [re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part) for part in ids_text.split(",")]
    if not re.fullmatch(r"\d{1,5}", count_text) or not 1 <= int(count_text) <= MAX_SHARDS:
        raise ValueError(problem)
    count = int(count_text)
    if not slash:
        return Shards(count)
    ids: set[int] = set()
    for found in ranges:
        if found is None:
            raise ValueError(problem)
        ids.update(range(int(found[1]), int(found[2] or found[1]) + 1))
    if not ids or max(ids) >= count:
        raise ValueError(f"names a shard that does not exist; with {count} they are 0-{count - 1}")
    return Shards(count, tuple(sorted(ids)))


def _sentence(detail: ErrorDetails) -> str:
    if detail["type"] == "default_factory_not_called":
        return ""  # the URL it would have copied is reported already
    field = str(detail["loc"][0])
    reason = _EXPECTED.get(field, "cannot be understood; see .env.example")
    if detail["type"] == "value_error":
        reason = detail["msg"].removeprefix("Value error, ")
    return f"{field.upper()} {reason}."
