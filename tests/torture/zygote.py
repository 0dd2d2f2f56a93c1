"""A process that has the application's modules loaded and forks servers: `python -m
tests.torture.zygote`. A round of a kill would otherwise spend two seconds of CPU on imports.

It reads a line of JSON for each process to start and answers with its process id. What it forks is
gunicorn's own master with gunicorn.conf.py, or the worker of `flask deliver`.
"""

import ctypes
import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.app.wsgiapp import WSGIApplication

from app import create_app
from app.config import read
from app.delivery.worker import deliver


def serve() -> None:
    """Be `gunicorn wsgi:app`."""
    sys.argv = ["gunicorn", "wsgi:app"]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()


def send() -> None:
    """Be the worker that `make serve` forks."""
    gc.freeze()
    settings = read()
    with create_app(settings).app_context():
        deliver(settings)


DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
PROGRAMS: dict[str, Callable[[], None]] = {"server": serve, "deliver": send}


def _become(order: dict[str, Any]) -> None:
    """What the forked process does: own session, environment and log, then the program."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)  # a broken-off run leaves nothing
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, number in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, number)
    os.environ.clear()
    os.environ.update(order["setting"])
    PROGRAMS[order["program"]]()


def main() -> None:
    """Fork as told, until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel takes the dead away
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _become(json.loads(line))
                code = 0
            except SystemExit as ended:
                code = int(ended.code or 0)
            finally:
                os._exit(code)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
