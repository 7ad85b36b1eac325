"""One log on stderr: loguru's own lines and the libraries', with context and without secrets.

Invariants: a record is one line that user text cannot break or forge (a traceback follows
indented); no configured secret and nothing shaped like one is written, however it came in;
a record that cannot be written never disturbs the caller.
"""

import json
import logging
import re
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from loguru import logger

from bot.domain.masking import EMAIL
from bot.settings import Settings

if TYPE_CHECKING:
    from loguru import Message, Record

MASK: Final = "***"

# Without letters that a person misreads on a phone or that could spell a word.
_REFERENCE_ALPHABET: Final = "34679CDFGHJKMNPQRTVWXY"
_CONTEXT: Final = ("guild", "member", "interaction", "reference")
# What Discord says of an interaction that it no longer waits for, and of an answered one.
_UNKNOWN_INTERACTION: Final = 10062
_ALREADY_ACKNOWLEDGED: Final = 40060
_LIBRARIES: Final = ("discord", "sqlalchemy", "uvicorn", "alembic", "asyncio")
_SHORTEST_SECRET: Final = 4  # masking shorter ones would blot out ordinary words

_PATTERNS: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # Bot tokens, and interaction tokens, which are base64 of "interaction:...".
        (r"[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{5,7}\.[A-Za-z0-9_-]{27,}", MASK),
        (r"mfa\.[A-Za-z0-9_-]{60,}", MASK),
        (r"aW50ZXJhY3Rpb2[A-Za-z0-9_=-]+", MASK),
        (r"(/(?:webhooks|interactions)/\d+/)[^/\s?#'\",)]+", rf"\1{MASK}"),
        # As text, as a dict's repr, as JSON and as pairs of header bytes.
        (
            r"(?i)(authorization['\"]?\s*[:=,]\s*b?['\"]?(?:(?:bot|bearer|basic)\s+)?)[^\s'\",)}]+",
            rf"\1{MASK}",
        ),
        (r"(?i)\b((?:bot|bearer)\s+)[A-Za-z0-9._-]{30,}", rf"\1{MASK}"),
        (
            r"(?i)((?:token|password|passwd|secret|data_key|signing_key)['\"]?\s*[:=]\s*b?['\"]?)[^\s'\"&,;)}]+",
            rf"\1{MASK}",
        ),
        # An unescaped @ or / in a database password must not end the mask early.
        # Names and passwords have an end, else a text that repeats the beginning of an address is
        # read to its own end at each of them.
        (
            r"(postgres(?:ql)?(?:\+\w{1,20})?://[^\s:/@]{0,200}:)[^\s'\"]{0,1000}@",
            rf"\1{MASK}@",
        ),
        (r"([A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@]{0,200}:)[^\s/@'\"]{1,1000}@", rf"\1{MASK}@"),
        # The address of a webhook is a key to its channel.
        (r"(?i)(https?://hooks?\.[\w.-]+/)[^\s'\",)}]+", rf"\1{MASK}"),
        (EMAIL.pattern, MASK),
    )
)


class Redactor:
    """Replaces the known secrets, in every spelling, and whatever is shaped like one."""

    def __init__(self, known: Iterable[str]) -> None:
        spellings = {s for secret in known for s in _spellings(secret)}
        usable = sorted((s for s in spellings if len(s) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, usable))) if usable else None

    def __call__(self, text: str) -> str:
        """Give `text` back with every secret masked."""
        if self._known:
            text = self._known.sub(MASK, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text


class InterceptHandler(logging.Handler):
    """Carries the standard library's log records into loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log `record` under its own logger's name."""
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  # logging's own report would print the raw arguments
            message = f"{record.msg} (its arguments do not fit)"
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        exception = record.exc_info if record.exc_info and record.exc_info[0] else None

        def take_origin(target: "Record") -> None:
            target["name"] = record.name

        logger.opt(exception=exception).patch(take_origin).log(level, "{}", message)


class _StderrSink:
    """Renders a record and writes it; looks `sys.stderr` up each time, for it may be replaced."""

    def __init__(self, redact: Redactor, *, as_json: bool) -> None:
        self._redact = redact
        self._render = _json_line if as_json else _text_line

    def __call__(self, message: "Message") -> None:
        try:
            line = self._render(message.record, str(message), self._redact)
        except Exception as error:  # noqa: BLE001  # a log line must not break its caller
            line = f"A log line could not be rendered: {type(error).__name__}"
        try:
            sys.stderr.write(line + "\n")
        except (AttributeError, OSError, ValueError):
            return  # no one is listening any more


def set_up_logging(settings: Settings) -> None:
    """Send every log of this process to stderr; calling it again replaces the former set-up."""
    sink = _StderrSink(Redactor(settings.secret_values()), as_json=settings.log_format == "json")
    logger.remove()
    # `catch` would print a failing record raw; the sink never raises instead. Locals and
    # arguments (`diagnose`) and the frames above the handler (`backtrace`) hold people's data.
    logger.add(
        sink,
        level=settings.log_level,
        format=lambda _: "{exception}",
        diagnose=False,
        backtrace=False,
        catch=False,
    )
    _bridge_standard_logging(settings)
    sys.excepthook = _log_uncaught


@contextmanager
def log_context(
    *, guild_id: int | None = None, user_id: int | None = None, interaction_id: int | None = None
) -> Iterator[None]:
    """Add the guild, member and interaction to every line logged inside; None is left out."""
    ids = {"guild": guild_id, "member": user_id, "interaction": interaction_id}
    # Text, because JSON readers round whole numbers of this length.
    with logger.contextualize(**{name: str(value) for name, value in ids.items() if value}):
        yield


def new_reference() -> str:
    """Eight characters that a person can read out and type; bind it as `reference`."""
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))


def _bridge_standard_logging(settings: Settings) -> None:
    # Below INFO the libraries print payloads, that is, what people typed.
    level = max(logger.level(settings.log_level).no, logging.INFO)
    logging.root.handlers = [InterceptHandler()]
    logging.root.setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in _LIBRARIES:
            logging.getLogger(name).handlers.clear()
            logging.getLogger(name).propagate = True
    # How it sets itself up would stand between doctor's findings; which migration runs is news.
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
    logging.getLogger("alembic.runtime.migration").addFilter(_says_what_runs)
    logging.getLogger("discord.app_commands.tree").addFilter(_is_news)
    # A handler that does nothing keeps SQLAlchemy from adding its own one to stdout.
    logging.getLogger("sqlalchemy.engine.Engine").addHandler(logging.NullHandler())
    echo = logging.INFO if settings.database_echo else logging.WARNING
    logging.getLogger("sqlalchemy.engine").setLevel(echo)
    logging.captureWarnings(capture=True)


def _says_what_runs(record: logging.LogRecord) -> bool:
    return record.levelno > logging.INFO or record.getMessage().startswith("Running ")


def _is_news(record: logging.LogRecord) -> bool:
    """Return False for suggestions that came later than Discord waits, or after another process's.

    The next key asks again, and a process that replaces another runs beside it for a while.
    """
    error = record.exc_info[1] if record.exc_info else None
    return getattr(error, "code", None) not in {_UNKNOWN_INTERACTION, _ALREADY_ACKNOWLEDGED}


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logger.opt(exception=(kind, error, trace)).critical("Stopped by an error that nothing caught")


def _text_line(record: "Record", exception: str, redact: Redactor) -> str:
    context = " ".join(f"{_word(key)}={_word(value)}" for key, value in record["extra"].items())
    origin = f"{_one_line(record['name'] or '-')} [{context}]" if context else record["name"]
    message = _one_line(record["message"])
    line = f"{_time(record)} {record['level'].name:<8} {origin}: {message}"
    # The indent sets a traceback, which may quote anything, apart from a line of the log.
    trace = (f"    {_one_line(part)}" for part in redact(exception).splitlines() if part)
    return redact("\n".join((line, *trace)))


def _json_line(record: "Record", exception: str, redact: Redactor) -> str:
    # Each text before it is encoded: JSON's own escapes would hide a secret from the patterns.
    fields: dict[str, Any] = {
        "time": _time(record),
        "level": record["level"].name,
        "message": redact(record["message"]),
        "logger": record["name"],
    }
    extra = {redact(str(k)): redact(str(v)) for k, v in record["extra"].items()}
    fields |= {name: extra.pop(name) for name in _CONTEXT if name in extra}
    if extra:
        fields["extra"] = extra
    if exception:
        fields["exception"] = redact(exception)
    return json.dumps(fields)


def _time(record: "Record") -> str:
    moment = record["time"].astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _one_line(text: str) -> str:
    """Escape line ends, control, invisible and direction characters."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def _word(value: object) -> str:
    text = str(value)
    return text if re.fullmatch(r"[\w.:/#-]+", text) else json.dumps(text)


def _spellings(secret: str) -> set[str]:
    """The secret as it is, in a URL, in a repr, in JSON and in an escaped line."""
    return {
        secret,
        quote(secret, safe=""),
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        _one_line(secret),
    }
