import errno
import socket

import pytest

from bot.database.errors import is_transient, unavailable

# What a driver raises while it connects to a server that is down, unknown, or far away.
UNREACHABLE = [
    ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 5432)"),
    socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
    OSError(errno.EHOSTUNREACH, "No route to host"),
    ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
    FileNotFoundError(errno.ENOENT, "No such file or directory"),
    TimeoutError(),
]


@pytest.mark.parametrize("error", UNREACHABLE, ids=repr)
def test_what_cannot_be_connected_to_is_unreachable_and_tried_again(error: OSError) -> None:
    refusal = unavailable(error)
    assert refusal is not None
    assert refusal.trouble == "unreachable"
    assert is_transient(error)
