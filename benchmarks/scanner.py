"""The scanner page: how soon a person sees it where there is no network."""

import importlib.util
import mimetypes
import shutil
import statistics
from pathlib import Path
from typing import Any, Final

from aiohttp import web

import bot.web
from benchmarks.pairs import Figure
from bot.web.shell import NAME, write_shell

APP: Final = Path(bot.web.__file__).parent / "app"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
VISITS: Final = 9
PAINT: Final = """() => new Promise((found) => new PerformanceObserver((list) => {
    const paint = list.getEntriesByName('first-contentful-paint')[0];
    if (paint) found(paint.startTime);
}).observe({type: 'paint', buffered: true}))"""


async def measure() -> list[Figure]:
    """Visit the page once with a network, then without; nothing where there is no browser."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None or importlib.util.find_spec("playwright") is None:
        print("  No Chromium or no Playwright: the scanner page is not measured.")
        return []
    from playwright.async_api import async_playwright  # noqa: PLC0415 - a developer's dependency

    server, address = await _serve()
    async with async_playwright() as started:
        browser = await started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = await browser.new_context()
        tab = await context.new_page()
        await tab.goto(address)
        await tab.evaluate("navigator.serviceWorker.ready")
        await server.cleanup()
        paints = [await _visit(context, address) for _ in range(VISITS)]
        await browser.close()
    median, worst = statistics.median(paints), max(paints)
    note = f"worst of {VISITS}: {worst:.0f} ms"
    return [Figure("first paint of the scanner offline", median, "ms", ceiling=1000, note=note)]


async def _visit(context: Any, address: str) -> float:
    tab = await context.new_page()
    await tab.goto(address)
    paint: float = await tab.evaluate(PAINT)
    await tab.close()
    return paint


async def _serve() -> tuple[web.AppRunner, str]:
    async def answer(request: web.Request) -> web.Response:
        name = request.match_info["path"] or "index.html"
        body = write_shell(APP) if name == NAME else (APP / name).read_bytes()
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return web.Response(body=body, content_type=kind)

    app = web.Application()
    app.router.add_get("/app/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/app/"
