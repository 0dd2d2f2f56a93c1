"""POST to an address that somebody has typed in: never to this machine or its network unless that
is allowed, judged by the address that is really connected to; no redirects, and a limited time.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from threading import Timer
from typing import Any, Final
from urllib.parse import urlsplit

SECONDS: Final = 5.0  # until the answer has to be there
# All of IPv6 that was ever given out to the internet; what is outside has other uses, some of them
# ways to old addresses.
GIVEN_OUT: Final = ipaddress.ip_network("2000::/3")
TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")  # the last 32 bits are one of IPv4
PROTOCOLS: Final = ipaddress.ip_network("192.0.0.0/24")  # of networks themselves, and of clouds


class Refused(Exception):
    """The address may not be called."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> int:
    """The status of the answer. Raises Refused, OSError or HTTPException."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("only http and https addresses can be called")
    connection = _connection(parts, private)
    over = Timer(SECONDS, _cut, (connection,))
    over.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    except (AttributeError, ValueError) as error:
        # The socket was taken away while it was in use; or the address cannot be sent.
        raise OSError(f"no answer: {error}") from error
    finally:
        over.cancel()
        connection.close()


def _connection(parts: Any, private: bool) -> http.client.HTTPConnection:
    host, port = parts.hostname, parts.port
    made: http.client.HTTPConnection
    if parts.scheme == "https":
        made = http.client.HTTPSConnection(
            host, port, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        made = http.client.HTTPConnection(host, port, timeout=SECONDS)
    # What http.client connects with; there is no other way to choose the address.
    made._create_connection = lambda address, timeout, source: socket.create_connection(  # type: ignore[attr-defined]
        (_allowed(address[0], address[1], private), address[1]), timeout, source
    )
    return made


def _allowed(host: str, port: int, private: bool) -> str:
    """An address of the host that may be called. It is resolved once, so that what is judged is
    what is called. Raises Refused.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    chosen = [each for each in addresses if private or is_public(each)]
    if len(chosen) < len(addresses) or not chosen:
        raise Refused("the address is this machine's or in a private network")
    return chosen[0]


def is_public(address: str) -> bool:
    """An IP address of the open internet."""
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address):
        old = known.ipv4_mapped or known.sixtofour
        if old is None and known in TRANSLATED:
            old = ipaddress.IPv4Address(int(known) & 0xFFFF_FFFF)
        if old is None:
            return known in GIVEN_OUT and known.is_global
        known = old
    return known.is_global and not known.is_multicast and known not in PROTOCOLS


def _cut(connection: http.client.HTTPConnection) -> None:
    held = connection.sock
    if held is not None:
        try:
            held.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
