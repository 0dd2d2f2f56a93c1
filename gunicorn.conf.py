"""How gunicorn serves Tandem. Figures behind the choices: bench/RESULTS.md."""

import gc
import os
import resource
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

gc.disable()  # until wsgi.py has loaded the application

# The processes add up their figures in this folder. Its name has to be known before the library is
# loaded, which comes with the application.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_made = None
if os.environ.get("TANDEM_METRICS") and not os.environ.get(FOLDER):
    memory = "/dev/shm"  # noqa: S108
    _made = tempfile.mkdtemp(prefix="tandem-", dir=memory if os.access(memory, os.W_OK) else None)
    os.environ[FOLDER] = _made

from prometheus_client.multiprocess import mark_process_dead  # noqa: E402

from app.cli.serving import deliver_beside, prepare  # noqa: E402
from app.config import read  # noqa: E402
from app.http.logs import configure  # noqa: E402
from app.server.sharing import Share  # noqa: E402

_settings = read()

# A connection is an open file: many systems allow 1024 unless more are asked for.
_files, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
if _files < 8192 and _files != resource.RLIM_INFINITY:
    _wanted = 8192 if _most == resource.RLIM_INFINITY else min(8192, _most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_wanted, _most))

bind = f"{_settings.host}:{_settings.port}"
workers = int(_settings.workers)
# Threads, so that a long request does not hold a process, and connections are kept alive; few,
# since they share one interpreter, and on SQLite one of them works while the others stand by
# (ADR 0011). `python -m bench.workers`, pages of 250, tasks by id and new tasks a second with 2
# processes: gunicorn's sync 1,691, 1,320 and 611; ours with 1 thread 2,563, 1,914 and 1,189, with 2
# threads 2,840, 2,066 and 1,270, with 4 threads 2,904, 1,897 and 1,183; granian with 1 thread
# 3,073, 2,080 and 624. Ours is "gthread" that slow clients cannot hold and that takes and answers
# plain requests by itself (ADR 0009), carries out short writes side by side (ADR 0012), and has its
# own words for refusals.
worker_class = "app.server.serving.Worker"
logger_class = "app.server.serving.ServerLog"
threads = int(_settings.threads)
keepalive = 5
timeout = 60
graceful_timeout = 30
# The application is imported once and shared by the workers: faster start, less memory.
preload_app = True
# On Linux: heartbeat files in memory, so that a slow disk cannot get a healthy worker killed.
worker_tmp_dir = "/dev/shm"  # noqa: S108
limit_request_line = 8190
# Whom to believe of X-Forwarded-…: TANDEM_TRUSTED_PROXIES says it, for the application itself.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
# Nothing to control from outside: no socket in the user's home.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """In the process that has loaded the application already: loading it again for `flask db
    upgrade` and `flask start` would triple the time to the first answer.
    """
    if _settings.prepare == "1":
        prepare(server.app.wsgi())
        configure(_settings.log, anew=True)  # migrations have their own way to write lines


def when_ready(server: Any) -> None:
    """`make serve` runs the worker, too, that sends mail and webhooks: forked, so that it shares
    what is loaded. Anywhere else it is a service of its own: `flask deliver`.
    """
    if _settings.prepare == "1" and os.fork() == 0:
        for listener in server.LISTENERS:
            listener.close()  # the port is closed when the server's own processes close it
        try:
            deliver_beside(server.app.wsgi())
        finally:
            os._exit(0)


def post_fork(_server: Any, _worker: Any) -> None:
    """Keep the collector off what was loaded before the fork, and let it run less often: a page of
    hundreds of objects is garbage without cycles. Saved a fifth of a page's CPU.

    Until the worker has handlers of its own, SIGTERM ends it: in the one that it has from its
    parent the signal would be lost, and it would serve on until it is killed.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.enable()  # when the server is told to reload, this file is read again, and wsgi.py is not
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def child_exit(_server: Any, worker: Any) -> None:
    """What a process that is gone was doing is not to be added up any more."""
    Share(worker.age).forget()
    if os.environ.get(FOLDER):
        mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    """Remove the folder of the figures."""
    if _made is not None and Path(_made).exists():
        shutil.rmtree(_made, ignore_errors=True)
