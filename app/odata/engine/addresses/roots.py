"""URLs as clients write them in bodies, options and batches, brought below the service root."""

import re
from collections.abc import Sequence
from typing import Final

_AUTHORITY: Final = re.compile(r"(?:(https?):)?//([^/?#]*)", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LEADING_DOTS: Final = re.compile(r"\A(?:\.{1,2}(?:/|$))+")
_DEFAULT_PORT: Final = re.compile(r":(?:80|443)?$")


def relative(url: str, roots: Sequence[str]) -> tuple[str, str] | None:
    """Path and query of a URL below the service root, both still percent-encoded, the path without
    a slash at its beginning; None for a URL of somewhere else.

    `roots` are the addresses of the root, absolute ("http://host/odata") or paths ("/odata", for
    any host). http and https are one, and so are a host with and without its default port: behind
    a proxy the service does not know which the client used. An absolute path that is below no root
    is taken as relative to the root, as real clients mean it; so are `../` at the beginning, which
    `$id` has behind `$ref` (URL Conventions 4.4).
    """
    address, _, query = url.strip().partition("#")[0].partition("?")
    match = _AUTHORITY.match(address)
    if match is not None:
        path = _below(address[match.end() :], match[2], roots)
    elif _OTHER_SCHEME.match(address):
        path = None
    elif address.startswith("/"):
        inner = _below(address, None, roots)
        path = address if inner is None else inner
    else:
        path = address
    if path is None:
        return None
    return _LEADING_DOTS.sub("", path.lstrip("/")), query


def _below(path: str, host: str | None, roots: Sequence[str]) -> str | None:
    """What follows the longest root that the path is below; None where it is below none. `host` is
    that of the URL, None where it has none.
    """
    found: list[str] = []
    for root in roots:
        match = _AUTHORITY.match(root)
        base = root[match.end() :] if match is not None else root
        if host is not None and match is not None and _plain(host) != _plain(match[2]):
            continue
        base = base.rstrip("/")
        rest = path[len(base) :]
        if path[: len(base)].lower() == base.lower() and rest[:1] in ("", "/"):
            found.append(rest)
    return min(found, key=len, default=None)


def _plain(host: str) -> str:
    return _DEFAULT_PORT.sub("", host.lower())
