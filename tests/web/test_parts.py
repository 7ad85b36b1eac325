import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
import yarl

from bot.web.health import WebServer, build_web
from bot.web.pages import FOLDER, build_pages
from bot.web.parts import Lazy

ROOT = Path(__file__).parents[2]
# What draws, reads workbooks and decodes pictures: each is loaded by the first that needs it.
RARELY_NEEDED = {"matplotlib", "numpy", "PIL", "python_calamine", "xlsxwriter"}
# The application as it starts, without Discord and without a database that is ever asked.
SERVE = """
import asyncio, sys, urllib.request
from bot.app import App
from bot.settings import Settings
import bot.reports.charts
async def main():
    app = App(Settings(_env_file=None, discord_shards="1", http_port=0, database_url=sys.argv[1]))
    port = await app.web.start()
    ask = lambda path: urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").status
    assert await asyncio.to_thread(ask, "/livez") == 200
    print("fastapi" in sys.modules)
    assert await asyncio.to_thread(ask, "/api/v1/openapi.json") == 200
    print("fastapi" in sys.modules)
    print(*sys.modules.keys() & set(sys.argv[2:]))
    await app.web.stop()
    await app.db.close()
asyncio.run(main())
"""


@pytest.mark.slow
def test_what_few_need_is_loaded_by_the_first_request_that_needs_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVE, f"sqlite:///{tmp_path}/books.db", *RARELY_NEEDED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["False", "True", ""], done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page, and secrets beside it."""
    folder = tmp_path / "app"
    (folder / "vendor").mkdir(parents=True)
    for name, text in {
        "index.html": "<!doctype html>",
        "sw.js": "self.skipWaiting()",
        "main.webmanifest": "{}",
        "vendor/sql.wasm": "wasm" * 1000,
        "vendor/lit.0123abcd.js": "export {}",
        "notes.md": "notes",
        ".env": "SECRET=1",
        ".hidden.js": "secret",
        "../secret.js": "secret",
    }.items():
        (folder / name).write_text(text)
    (folder / "outside.js").symlink_to(tmp_path / "secret.js")
    return folder


async def ask(
    folder: Path, path: str, method: str = "GET", **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    """Ask a server for a file, its path exactly as it is written here."""
    server = WebServer(build_web({}, parts={"/app": Lazy(lambda: build_pages(folder))}), "::1", 0)
    port = await server.start()
    try:
        async with (
            aiohttp.ClientSession(
                auto_decompress=False, skip_auto_headers=["Accept-Encoding"]
            ) as s,
            s.request(
                method,
                yarl.URL(f"http://[::1]:{port}{path}", encoded=True),
                headers={name.replace("_", "-"): value for name, value in headers.items()},
                allow_redirects=False,
            ) as answer,
        ):
            low = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, await answer.read(), low
    finally:
        await server.stop()


@pytest.mark.parametrize(
    ("path", "kind", "cached"),
    [
        ("/app/", "text/html; charset=utf-8", "no-cache"),
        ("/app/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/app/main.webmanifest", "application/manifest+json", "no-cache"),
        ("/app/vendor/sql.wasm", "application/wasm", "no-cache"),
        (
            "/app/vendor/lit.0123abcd.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
    ],
)
async def test_files_have_their_type_and_are_revalidated_unless_their_name_has_a_hash(
    folder: Path, path: str, kind: str, cached: str
) -> None:
    status, _, headers = await ask(folder, path)
    assert (status, headers["content-type"], headers["cache-control"]) == (200, kind, cached)
    assert (await ask(folder, path, If_None_Match=headers["etag"]))[0] == 304


async def test_a_file_that_changed_is_sent_again(folder: Path) -> None:
    _, _, headers = await ask(folder, "/app/")
    (folder / "index.html").write_text("<!doctype html><p>newer")
    assert (await ask(folder, "/app/", If_None_Match=headers["etag"]))[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/app/../secret.js",
        "/app/%2e%2e/secret.js",
        "/app/..%2fsecret.js",
        "/app/..%5csecret.js",
        "/app/vendor/../../secret.js",
        "/app//etc/passwd",
        "/app/%2fetc/hostname.txt",
        "/app/outside.js",
        "/app/.env",
        "/app/.hidden.js",
        "/app/notes.md",
        "/app/vendor/",
        "/app/vendor",
        "/app/index.html%00.js",
        "/app/" + "x" * 5000 + ".js",
        "/app/none.js",
        "/appendix.js",
    ],
)
async def test_nothing_but_files_of_the_page_is_served(folder: Path, path: str) -> None:
    assert (await ask(folder, path))[0] == 404


async def test_the_page_runs_its_own_scripts_alone_and_nobody_frames_it(folder: Path) -> None:
    _, _, headers = await ask(folder, "/app/", Host="depot.internal")
    policy = dict(
        each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert headers["permissions-policy"].startswith("camera=(self)")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers
    assert "strict-transport-security" not in headers
    _, _, local = await ask(folder, "/app/", Host="localhost:8080")
    assert "frame-ancestors http://localhost:*" in local["content-security-policy"]


async def test_large_files_are_compressed_for_who_takes_it(folder: Path) -> None:
    _, body, headers = await ask(folder, "/app/vendor/sql.wasm", Accept_Encoding="br, gzip")
    assert headers["content-encoding"] == "gzip"
    assert len(body) < 200
    _, body, headers = await ask(folder, "/app/vendor/sql.wasm", Accept_Encoding="gzip;q=0")
    assert "content-encoding" not in headers
    assert len(body) == 4000


async def test_a_link_keeps_its_fragment_and_only_reading_is_served(folder: Path) -> None:
    status, _, headers = await ask(folder, "/app")
    assert (status, headers["location"]) == (307, "/app/")
    assert (await ask(folder, "/app/", "POST"))[0] == 405
    assert (await ask(folder, "/app/", "HEAD"))[:2] == (200, b"")


def test_there_is_a_page() -> None:
    assert (FOLDER / "index.html").is_file()


async def test_the_list_of_the_page_changes_with_any_of_its_files(folder: Path) -> None:
    _, before, _ = await ask(folder, "/app/shell.js")
    (folder / "sw.js").write_text("another worker")
    assert (await ask(folder, "/app/shell.js"))[1] == before
    (folder / "index.html").write_text("another page")
    status, after, headers = await ask(folder, "/app/shell.js")
    assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert after != before
    for listed in (b"index.html", b"vendor/sql.wasm"):
        assert listed in after
    for unlisted in (b"notes", b"secret", b"hidden", b"outside", b'"sw.js'):
        assert unlisted not in after
