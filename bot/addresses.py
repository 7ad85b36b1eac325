"""Addresses that an operator sets: what a database's and Discord's may look like.

Messages of errors are the part of a sentence that follows the setting's name, without secrets.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
# Of what libpq takes behind the `?`, what asyncpg takes as well, as a text.
_PARAMETERS: Final = frozenset(
    {
        "command_timeout",
        "database",
        "gsslib",
        "host",
        "krbsrvname",
        "passfile",
        "password",
        "port",
        "prepared_statement_cache_size",
        "service",
        "servicefile",
        "ssl",
        "sslmode",
        "target_session_attrs",
        "user",
    }
)
_DISCORD_HOSTS: Final = {
    "https": re.compile(r"(canary\.|ptb\.)?discord\.com"),
    "wss": re.compile(r"gateway[a-z0-9-]*\.discord\.gg"),
}


def async_url(url: str) -> str:
    """Turn a database URL to the async driver; all behind the scheme but `sslmode` is kept."""
    scheme, separator, rest = url.partition("://")
    driver = _DRIVERS.get(scheme.lower())
    if not separator or driver is None:
        raise ValueError("is not a database URL; start it with sqlite:/// or postgresql://")
    if driver.startswith("sqlite"):
        if rest and not rest.startswith("/"):
            raise ValueError(
                "names a server, which SQLite has not; a file needs three slashes, sqlite:///name"
            )
        return f"{driver}://{rest}"
    try:
        _ = urlsplit(f"x://{rest}").port
    except ValueError:
        raise ValueError(
            "has no valid port; if the password holds / ? # [ or ], "
            "write them as %2F %3F %23 %5B %5D"
        ) from None
    place, mark, query = rest.rpartition("?")
    # Before an @ it is a part of the password, which is not to be quoted.
    for name in parse_qs(query, keep_blank_values=True) if mark and "@" not in query else ():
        if name not in _PARAMETERS:
            raise ValueError(
                f"has the parameter {name[:40]!r} behind ?, which the driver does not know; remove "
                "it (search_path is set for the user, by ALTER ROLE, or for the database)"
            )
    # Hosters hand out libpq's spelling, which asyncpg refuses.
    return f"{driver}://{place}{mark}" + re.sub(r"(^|&)sslmode=", r"\1ssl=", query)


def discord_url(url: str, schemes: tuple[str, str], *, trusted: bool) -> str:
    """Accept Discord's own URL, loopback, or (if trusted) any; the token will be sent there."""
    secure = schemes[0]
    usable = f"is not a usable address; it looks like {secure}://host:port/path"
    # Two parsers must not disagree about the host, so whatever could divide them is refused.
    if not re.fullmatch(r"[!-~]+", url) or re.search(r"[\\@?#%]", url):
        raise ValueError(f"{usable}, without spaces, user name, query or % signs")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(usable) from None
    if parts.scheme not in schemes or not host:
        raise ValueError(usable)
    is_own = parts.scheme == secure and _DISCORD_HOSTS[secure].fullmatch(host) is not None
    if is_own and port in (None, 443):
        if secure == "https" and parts.path.rstrip("/") != "/api/v10":
            raise ValueError("is another version of Discord's API; it has to end in /api/v10")
    elif not (trusted or is_loopback(host)):
        raise ValueError(
            "leads neither to Discord nor to this machine, so the token would go to a stranger; "
            "remove it, or set DISCORD_TRUST_CUSTOM_URLS=true if the address is yours"
        )
    return url.rstrip("/")


def public_url(url: str) -> str:
    """Accept the address that people's devices reach this program by, without anything behind it.

    Browsers give a page neither camera nor storage for offline use unless it came by https, or
    from this machine.
    """
    usable = "is not a usable address; it looks like https://stock.example.com"
    if not re.fullmatch(r"[!-~]+", url) or re.search(r"[\\%]", url):
        raise ValueError(f"{usable}, without spaces or % signs")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(usable) from None
    if "@" in parts.netloc:
        raise ValueError(
            "holds a user name, which everyone would see who is sent a link; remove it"
        )
    is_name = re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", host) is not None
    if parts.scheme not in {"https", "http"} or not (is_name or address_of(host)):
        raise ValueError(usable)
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(
            "has to begin with https://, or phones give its page neither camera nor storage; "
            "http:// is for localhost alone"
        )
    if parts.path not in {"", "/"} or re.search(r"[?#]", url):
        raise ValueError(
            "names a path or a query; end it with the host or its port, the page is at /app there"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine."""
    address = address_of(host)
    return host == "localhost" if address is None else address.is_loopback


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return a host as an IP address, None if it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def passwords_of(url: str) -> set[str]:
    """The passwords in a database URL, as written and as the server sees them."""
    place, _, query = url.rpartition("?")
    written = set(re.findall(r"^[^:]+://[^:/@]*:([^@]+)@", url))
    # An unescaped @ ends the password at another place for every reader.
    written |= set(re.findall(r"^[^:]+://[^:/@]*:(.+)@[^@]*$", place or url))
    return (
        written
        | {unquote(password) for password in written}
        | set(parse_qs(query).get("password", []))
    )
