"""Shell: the list of the scanner page's files by which its service worker keeps them.

It is written from the files as they are, so that no list can be out of date: a browser that was
given a list of other files than it is then served would install neither version.
"""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson

NAME: Final = "shell.js"
# The worker itself, which the browser keeps, and what no page asks for.
_NOT_KEPT: Final = frozenset({"sw.js", "vendor/vendor.json", NAME})
_KEPT: Final = frozenset(
    {".css", ".html", ".js", ".json", ".png", ".svg", ".wasm", ".webmanifest", ".webp", ".woff2"}
)

_Seen = tuple[tuple[str, int, int], ...]


def write_shell(folder: Path) -> bytes:
    """Write the script that lists the files with their hashes, and the version they make."""
    folder = folder.resolve()
    found: list[tuple[str, int, int]] = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        # What is not served must not be listed either: the worker would never be installed.
        is_served = path.resolve().is_relative_to(folder) and not f"/{name}".count("/.")
        if path.suffix in _KEPT and name not in _NOT_KEPT and is_served and path.is_file():
            status = path.stat()
            found.append((name, status.st_mtime_ns, status.st_size))
    return _written(folder, tuple(sorted(found)))


@lru_cache(maxsize=4)
def _written(folder: Path, seen: _Seen) -> bytes:
    files = {name: _integrity(folder / name) for name, _, _ in seen}
    version = hashlib.sha256(orjson.dumps(files)).hexdigest()[:16]
    listed = orjson.dumps({"version": version, "files": files}, option=orjson.OPT_INDENT_2)
    return b"self.SHELL = " + listed + b";\n"


def _integrity(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
