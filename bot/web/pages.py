"""Pages: the files of the scanner page, revalidated by hash and compressed once."""

import asyncio
import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.accepting import accepts_gzip
from bot.web.headers import SecurityHeaders
from bot.web.hosts import name_of
from bot.web.shell import NAME as SHELL
from bot.web.shell import write_shell

FOLDER: Final = Path(__file__).parent / "app"
PREFIX: Final = "/app"
# Whatever is not here is not served: notes, locks, types for the compiler.
_KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_COMPRESSED_ALREADY: Final = frozenset({".png", ".webp", ".woff2"})
_WORTH_BYTES: Final = 1_024
_HASHED: Final = re.compile(r"[.-][0-9a-f]{8,64}\.")
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS: Final = {
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; media-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors {ancestors}"
)
# The demo shows the page beside its simulated Discord, on another port of this machine.
_DEMO: Final = "http://localhost:* http://127.0.0.1:*"


@dataclass(frozen=True, slots=True)
class _File:
    version: tuple[int, int]
    kind: str
    etag: str
    body: bytes
    compressed: bytes | None


def build_pages(folder: Path = FOLDER, *, is_https: bool = False) -> ASGIApp:
    """Build what answers below `/app`."""
    return SecurityHeaders(_Pages(folder), _HEADERS, is_https=is_https)


class _Pages:
    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._files: dict[Path, _File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        response = await self._answer(scope["method"], scope["path"], headers)
        ancestors = _DEMO if name_of(headers.get("host", "")) in _LOOPBACK else "'none'"
        response.headers["Content-Security-Policy"] = _POLICY.format(ancestors=ancestors)
        await response(scope, receive, send)

    async def _answer(self, method: str, path: str, headers: Headers) -> Response:
        if method not in {"GET", "HEAD"}:
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": "GET, HEAD"})
        if path == PREFIX:
            # What follows the # of a link goes along: browsers keep it.
            return RedirectResponse(f"{PREFIX}/", 307, {"Cache-Control": "no-cache"})
        found = await asyncio.to_thread(self._find, path.removeprefix(f"{PREFIX}/"))
        if found is None:
            return PlainTextResponse("Not Found", 404, {"Cache-Control": "no-store"})
        sent = {
            "Cache-Control": _FOR_EVER if _HASHED.search(path) else "no-cache",
            "ETag": found.etag,
            "Vary": "Accept-Encoding",
        }
        if found.etag in headers.get("if-none-match", ""):
            return Response(None, 304, sent)
        body = found.body
        if found.compressed is not None and accepts_gzip(headers.get("accept-encoding", "")):
            body, sent["Content-Encoding"] = found.compressed, "gzip"
        return Response(body, 200, {**sent, "Content-Type": found.kind})

    def _find(self, name: str) -> _File | None:
        """Return a file of the page as it is now; None for what is none, or is elsewhere."""
        if "\x00" in name or "\\" in name or any(p.startswith(".") for p in name.split("/") if p):
            return None
        if name == SHELL:
            return _file(write_shell(self._folder), _KINDS[".js"], (0, 0), is_worth=True)
        path = self._folder / (name or "index.html")
        kind = _KINDS.get(path.suffix)
        try:
            if kind is None or not path.resolve().is_relative_to(self._folder):
                return None
            status = path.stat()
            version = (status.st_mtime_ns, status.st_size)
            known = self._files.get(path)
            if known is None or known.version != version:
                known = self._files[path] = _read(path, kind, version)
        except (OSError, ValueError):
            return None
        return known


def _read(path: Path, kind: str, version: tuple[int, int]) -> _File:
    body = path.read_bytes()
    is_worth = len(body) > _WORTH_BYTES and path.suffix not in _COMPRESSED_ALREADY
    return _file(body, kind, version, is_worth=is_worth)


def _file(body: bytes, kind: str, version: tuple[int, int], *, is_worth: bool) -> _File:
    return _File(
        version=version,
        kind=kind,
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',
        body=body,
        compressed=gzip.compress(body, 9, mtime=0) if is_worth else None,
    )
