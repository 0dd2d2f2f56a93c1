"""How gunicorn serves Tandem. Figures behind the choices: bench/RESULTS.md."""

from app.config import read

_settings = read()

bind = f"{_settings.host}:{_settings.port}"
workers = int(_settings.workers)
# Threads, so that one slow client cannot hold a process; few, since they share one interpreter.
worker_class = "gthread"
threads = 4
keepalive = 5
timeout = 60
graceful_timeout = 30
# The application is imported once and shared by the workers: faster start, less memory.
preload_app = True
# On Linux: heartbeat files in memory, so that a slow disk cannot get a healthy worker killed.
worker_tmp_dir = "/dev/shm"  # noqa: S108
limit_request_line = 8190
# Nothing to control from outside: no socket in the user's home.
control_socket_disable = True
