"""Which versions of an entity a change is for: If-Match, If-None-Match (Protocol 8.2.4, 8.2.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.odata.engine.presenting import etag_text

ETags = tuple[tuple[bool, str], ...] | str | None  # "*", or (weak, opaque) pairs


@dataclass(frozen=True, slots=True)
class Conditions:
    """If-Match and If-None-Match of a request."""

    match: ETags = None
    none_match: ETags = None


def matches(etag: Any, wanted: ETags) -> bool:
    """An entity's ETag is among those of a header; compared weakly (RFC 9110, 8.8.3.2)."""
    if wanted is None:
        return False
    if isinstance(wanted, str):
        return wanted == "*"
    if etag is None:
        return False
    opaque = etag_text(etag).removeprefix('W/"').removesuffix('"')
    return opaque in {each for _, each in _pairs(wanted)}


def _pairs(wanted: Iterable[tuple[bool, str]]) -> Iterable[tuple[bool, str]]:
    return wanted
