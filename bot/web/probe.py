"""A question over HTTP to a running bot; it loads next to nothing, for containers ask often."""

import contextlib
import http.client
from typing import Final

PROBE_SECONDS: Final = 2.0
# An address to listen on everywhere is none to connect to.
_REACHABLE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def probe(host: str, port: int) -> bool:
    """Ask a running bot, by HTTP, whether it is ready; no answer within PROBE_SECONDS is a no."""
    connection = http.client.HTTPConnection(_REACHABLE.get(host, host), port, timeout=PROBE_SECONDS)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
