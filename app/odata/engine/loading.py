"""JSON texts as values: numbers keep their digits, and every limit is checked (RFC 7493)."""

import json
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.odata.engine.problems import BadRequest, TooBig
from app.odata.engine.source import Limits

MAX_DEPTH: Final = 32
NESTING: Final = (dict, list)
MAX_DIGITS: Final = 400  # of a number with a point, and its greatest exponent of ten


def load(body: bytes, limits: Limits) -> Any:
    """A body as JSON: numbers with a point as Decimal. An empty one is None. UTF-8, or UTF-16 and
    UTF-32 (JSON Format 4.1).

    Raises TooBig beyond `limits.body` bytes; BadRequest for what is no JSON, for members given
    twice, for nesting deeper than MAX_DEPTH and for numbers that are too long.
    """
    if len(body) > limits.body:
        raise TooBig(f"The body is longer than {limits.body} bytes")
    if not body.strip():
        return None
    try:
        value = json.loads(
            body.decode(json.detect_encoding(body)),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_decimal,
        )
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8") from None
    except RecursionError:
        raise BadRequest(f"The body is nested deeper than {MAX_DEPTH}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(f"The body is not JSON: {error.msg} at {where}") from None
    except ValueError:
        # Integers beyond what Python is willing to read (4300 digits) end here as well.
        raise BadRequest("A number in the body is too long") from None
    _check_depth(value)
    return value


def _decimal(text: str) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise ValueError(text[:10])
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text[:10]) from None
    if abs(number.adjusted()) > MAX_DIGITS:
        raise ValueError(text[:10])
    return number


def _no_constant(name: str) -> None:
    raise BadRequest(f"The body is not JSON: {name}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise BadRequest(f"{twice[:100]} is given twice", target=twice[:100])
    return found


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, NESTING) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, NESTING)
        ]
    if not level:
        return
    raise BadRequest(f"The body is nested deeper than {MAX_DEPTH}")
