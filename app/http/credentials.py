"""What a request says of who sends it: its key, and the address that it comes from."""

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

MAX_KEY = 200
KNOWN_ADDRESSES = 4096


def keys_of(environ: Mapping[str, Any]) -> tuple[str, ...]:
    """The API key of a request: x-api-key, Bearer, or Basic with the key as the user, scheme in any
    case. A password of Basic comes behind the user.
    """
    keys: tuple[str, ...] = (environ.get("HTTP_X_API_KEY", ""),)
    if not keys[0]:
        scheme, _, rest = environ.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if scheme.lower() == "bearer":
            keys = (rest.strip(),)
        elif scheme.lower() == "basic":
            keys = _basic(rest)
    return tuple(key for key in keys if key and len(key) <= MAX_KEY)


def _basic(encoded: str) -> tuple[str, ...]:
    """User and password."""
    try:
        user, _, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return user.decode("utf-8"), password.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ()


def address_of(environ: Mapping[str, Any], proxies: int) -> str:
    """Where a request comes from. Each of our own proxies has put the address of its caller behind
    those that it was sent, so the last ones are true; what stands before them anybody can write.
    """
    address = environ.get("REMOTE_ADDR", "")
    if proxies:
        told = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(told) >= proxies:
            address = told[-proxies].strip()
    return _owner(address)


@lru_cache(KNOWN_ADDRESSES)
def _owner(address: str) -> str:
    """The address, or the network of an IPv6 one: a household has 2^64 of them to send from."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:  # a socket in the file system has none
        return address[:64]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
