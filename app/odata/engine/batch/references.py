"""`$<content-id>` where a later request of a batch names the entity that an earlier one made
(Protocol 11.7.4).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.odata.engine.addresses import relative
from app.odata.engine.batch import exact

# Names of the service's own resources go before ids that are spelled like them.
RESERVED: Final = frozenset(
    ("batch", "crossjoin", "all", "entity", "root", "id", "metadata", "count", "ref", "value")
)
# Members of a body whose value is the address of an entity (JSON Format 4.6.8, 8.5).
ADDRESSES: Final = ("@odata.bind", "@bind", "@odata.id", "@id")

_REFERENCE: Final = re.compile(r"/?(?:\$|%24)([^/?#]+)")


def resolve(text: str, known: Mapping[str, str], roots: Sequence[str] = ()) -> str:
    """A URL whose first segment is `$<content-id>` with the address of that entity instead; any
    other URL as it is. `known` has the addresses by id; their options are left out. A URL below one
    of `roots`, as addresses.relative knows them, may begin there.
    """
    for given in _below(text, roots):
        match = _REFERENCE.match(given)
        if match is not None and match[1] in known and match[1] not in RESERVED:
            return known[match[1]].partition("?")[0] + given[match.end() :]
    return text


def resolve_body(body: bytes, known: Mapping[str, str], roots: Sequence[str] = ()) -> bytes:
    """A JSON body with such references resolved in `…@odata.bind`, `@odata.id` and `@id`; a body
    without any, and one that is no JSON, as it is.
    """
    if not known or not (b"$" in body or b"%24" in body or b"\\u0024" in body):
        return body
    try:
        found = exact.loads(body)
        changed = [_replace(each, known, roots) for each in _addresses(found)]
        return exact.dumps(found) if any(changed) else body
    except ValueError:
        return body


def _replace(address: tuple[Any, Any, str], known: Mapping[str, str], roots: Sequence[str]) -> bool:
    """Resolve one address of a body where it stands; False where it names no request."""
    holder, place, text = address
    holder[place] = resolve(text, known, roots)
    return bool(holder[place] != text)


def _below(text: str, roots: Sequence[str]) -> Iterator[str]:
    yield text
    found = relative(text, roots) if roots else None
    if found is not None:
        yield f"{found[0]}?{found[1]}" if found[1] else found[0]


def _addresses(found: Any) -> Iterator[tuple[Any, Any, str]]:
    """Each address of a body, as (object or array that holds it, name or index, text)."""
    waiting = [found] if isinstance(found, dict | list) else []
    while waiting:
        holder = waiting.pop()
        pairs = enumerate(holder) if isinstance(holder, list) else holder.items()
        for place, value in list(pairs):
            if isinstance(value, dict | list):
                waiting.append(value)
            if isinstance(holder, dict) and place.endswith(ADDRESSES):
                yield from _texts(holder, place, value)


def _texts(holder: Any, place: Any, value: Any) -> Iterator[tuple[Any, Any, str]]:
    if isinstance(value, str):
        yield holder, place, value
    elif isinstance(value, list):
        for number, each in enumerate(value):
            if isinstance(each, str):
                yield value, number, each
