"""If-Match and If-None-Match (Protocol 8.2.4, 8.2.5; RFC 9110, 13.1)."""

import re
from typing import Final, Literal

from app.odata.engine.problems import BadRequest

_ETAG: Final = re.compile(r'\s*(W/)?"([^"\x00-\x20\x7f]*+)"\s*')


def etags(value: str) -> Literal["*"] | tuple[tuple[bool, str], ...]:
    """The entity tags of a header as pairs (weak, what is between the quotes), or "*". Raises
    BadRequest: a condition that cannot be read must not be passed over.
    """
    if value.strip() == "*":
        return "*"
    found: list[tuple[bool, str]] = []
    place = 0
    while (match := _ETAG.match(value, place)) is not None:
        found.append((match[1] is not None, match[2]))
        if match.end() == len(value):
            return tuple(found)
        if value[match.end()] != ",":
            break
        place = match.end() + 1
    raise BadRequest('An entity tag has to look like W/"1" or "1"', position=place)
