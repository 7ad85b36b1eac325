"""Python processes in hundredths of a second: forks of one that has imported the bot.

Most of what a command of the bot costs is its imports. The parent imports everything once and
runs nothing; each fork gets the arguments, environment, directory and output that a process of
its own would have, and ends as Python ends, but for what is never freed. `tests/system` starts
commands without it as well.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import NamedTuple, NoReturn

_REQUEST_BYTES = 1 << 17
# Loaded by name at run time, so importing the bot does not load them.
_LAZY = (
    "aiosqlite",
    "alembic.command",
    "asyncpg",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)


class Job(NamedTuple):
    """What a fork does: a path to a script or `-m` and a module, with arguments."""

    arguments: list[str]
    environment: dict[str, str]
    directory: str


def import_bot() -> None:
    """Import all modules of the bot, and what it loads when it runs."""
    bot = importlib.import_module("bot")
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in _LAZY:
        importlib.import_module(name)
    # A fork that ends collects garbage: it would copy every page of all this, in a second.
    gc.collect()
    gc.freeze()


def serve(address: str) -> Job:
    """Fork a child for each request until stdin ends; returns in the child, with its job."""
    os.set_blocking(sys.stdin.fileno(), False)
    alarm, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, socket.socket] = {}
    with socket.socket(socket.AF_UNIX) as door, selectors.DefaultSelector() as ready:
        door.bind(address)
        door.listen(16)
        for source in (sys.stdin, door, alarm):
            ready.register(source, selectors.EVENT_READ)
        print("ready", flush=True)  # noqa: T201  # the parent waits for it
        while True:
            for key, _ in ready.select():
                if key.fileobj is sys.stdin:
                    os._exit(0)
                if key.fileobj is alarm:
                    os.read(alarm, 4096)
                    _report_ended(children)
                    continue
                caller, _ = door.accept()
                message, (output,), *_ = socket.recv_fds(caller, _REQUEST_BYTES, 1)
                child = os.fork()
                if child == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    for inherited in (caller, *children.values()):
                        inherited.close()
                    _take_over(output, alarm, wake)
                    return Job(*json.loads(message))
                os.close(output)
                children[child] = caller
                caller.sendall(f"{child}\n".encode())


def _report_ended(children: dict[int, socket.socket]) -> None:
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        with children.pop(child) as caller:
            caller.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _take_over(output: int, *inherited: int) -> None:
    """Give this process a session and streams of its own, and close what its parent had open."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    for each in (nothing, output, *inherited):
        os.close(each)


def run(job: Job) -> None:
    """Do what `python ...` would do in this directory and environment."""
    os.environ.clear()
    os.environ.update(job.environment)
    os.chdir(job.directory)
    what, *arguments = job.arguments
    if what == "-m":
        module, *arguments = arguments
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        sys.argv = [what, *arguments]
        sys.path.insert(0, str(Path(what).parent))
        runpy.run_path(what, run_name="__main__")


def leave(code: int) -> NoReturn:
    """End as Python does, but free nothing that was imported.

    That would copy every page of it: a quarter of a second, more than most commands take.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads
    atexit._run_exitfuncs()
    gc.collect()  # what is destroyed unfinished says so
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Serve; only a child comes back from it. Python itself ends one that fails."""
    import_bot()
    job = serve(sys.argv[1])
    try:
        run(job)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        leave(end.code or 0)
    leave(0)


if __name__ == "__main__":
    main()
