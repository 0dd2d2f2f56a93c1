"""The floor: a bare WSGI callable that answers bytes captured from Tandem, out of memory.

Also its own gunicorn configuration: two synchronous workers, the fastest that gunicorn has for it.
"""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

bind = os.environ.get("WIRE_BIND", "127.0.0.1:0")
workers = 2
worker_class = "sync"
worker_tmp_dir = "/dev/shm"
control_socket_disable = True

Answer = tuple[str, list[tuple[str, str]], bytes]


def save(path: Path, answers: dict[str, Answer]) -> None:
    """Write captured answers for the server's processes to load."""
    kept = {
        name: (status, head, body.decode("latin-1"))
        for name, (status, head, body) in answers.items()
    }
    path.write_text(json.dumps(kept))


def load(path: str | None) -> dict[str, Answer]:
    """The answers that `save` wrote; none without a path."""
    if not path or not Path(path).exists():
        return {}
    kept = json.loads(Path(path).read_text())
    return {
        name: (status, [(key, value) for key, value in head], body.encode("latin-1"))
        for name, (status, head, body) in kept.items()
    }


_PATH = os.environ.get("WIRE_ANSWERS")
_ANSWERS = load(_PATH)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The answer that the request names in its header X-Bench."""
    # A body that nobody read would reset the connection.
    environ["wsgi.input"].read()
    name = environ["HTTP_X_BENCH"]
    if name not in _ANSWERS:
        # Captured since this process began.
        _ANSWERS.update(load(_PATH))
    status, head, body = _ANSWERS[name]
    start_response(status, head)
    return (body,)
