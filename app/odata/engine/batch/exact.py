"""JSON read and written again without a change to its numbers: 1.10 stays 1.10."""

import json
from decimal import Decimal
from typing import Any, Final

import orjson

LONG: Final = 18  # digits of an integer that orjson writes itself


def loads(body: bytes) -> Any:
    """A body as JSON. Numbers that would lose digits are fragments of text, which `dumps` writes
    as they are. Raises ValueError, for nesting without end too.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_float=orjson.Fragment,
            parse_int=_integer,
            parse_constant=_no_constant,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def dumps(value: Any) -> bytes:
    """The bytes of what `loads` gave, or of other JSON values. Raises ValueError for nesting beyond
    254 levels and for text that is no Unicode.
    """
    try:
        return orjson.dumps(value, default=_decimal)
    except TypeError as error:
        raise ValueError(str(error)) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member is given twice")
    return found


def _integer(text: str) -> Any:
    return int(text) if len(text) <= LONG else orjson.Fragment(text)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _decimal(value: object) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError
