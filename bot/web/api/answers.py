"""Answers: JSON, compressed where that pays, and never made in the loop if they are large."""

import asyncio
import gzip
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from bot.web.accepting import accepts_gzip

_WORTH_BYTES: Final = 1_024
_LARGE_BYTES: Final = 32_768
_LEVEL: Final = 5


async def json_answer(request: Request, content: Any, status: int = 200) -> Response:
    """Answer with a value that orjson can write."""
    return await bytes_answer(request, orjson.dumps(content, option=orjson.OPT_UTC_Z), status)


async def bytes_answer(request: Request, body: bytes, status: int = 200) -> Response:
    """Answer with JSON that is written already."""
    headers = {"Vary": "Accept-Encoding"}
    if len(body) > _WORTH_BYTES and accepts_gzip(request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = "gzip"
        if len(body) > _LARGE_BYTES:
            body = await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
        else:
            body = gzip.compress(body, _LEVEL, mtime=0)
    return Response(body, status, headers, "application/json")
