"""What Discord makes of a text, as far as it matters here: an oracle of its own for escaping."""

import re

_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_NOTHING = "\ue000"  # stands where an escaped character stood
_INVISIBLE = "\u200b"

_LIVE = {
    "emphasis": re.compile(r"[*_]"),
    "strike": re.compile(r"~~"),
    "code": re.compile(r"`"),
    "spoiler": re.compile(r"\|\|"),
    "mention": re.compile(r"<(?:@[!&]?|#)\d+>"),
    "timestamp": re.compile(r"<t:-?\d+(?::[a-zA-Z])?>"),
    "emoji": re.compile(r"<a?:\w+:\d+>"),
    "command": re.compile(r"</[^:\n]+:\d+>"),
    "navigation": re.compile(r"<id:\w+>"),
    "everyone": re.compile(r"@(?:everyone|here)\b"),
    "address": re.compile(r"(?:https?|steam|discord)://", re.IGNORECASE),
    "block": re.compile(r"^\s*(?:#{1,3} |>|-# |[-*] |\d+\. )", re.MULTILINE),
}
_LABEL = r"(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*"
_LINK = re.compile(rf"\[{_LABEL}\]\(\s*<?\S")


def live_markup(text: str) -> set[str]:
    """Name what Discord would do with the text beyond showing it."""
    # The target of a link is unescaped by Discord, so only its brackets can be taken away.
    found = {"link"} if _LINK.search(re.sub(r"\\([\\\[\]()])", _NOTHING, text)) else set()
    unescaped = _ESCAPED.sub(_NOTHING, text)
    return found | {name for name, pattern in _LIVE.items() if pattern.search(unescaped)}


def live_around(own: re.Pattern[str], text: str) -> set[str]:
    """Name what Discord would do with the text beside the bot's own formatting."""
    return live_markup(own.sub("x", _ESCAPED.sub(_NOTHING, text)))


def seen(text: str) -> str:
    """Return what a reader sees of a text whose formatting is all escaped."""
    bare = re.sub(r"(?<!\\)((?:\\\\)*)(\*\*)", r"\1", text)
    return _ESCAPED.sub(r"\1", bare).replace(_INVISIBLE, "")
