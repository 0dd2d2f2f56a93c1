"""JSON in, whatever the Content-Type says: size, depth and types limited, names in lower case.

Control characters inside strings are taken, since real clients send them; NUL and lone surrogates
are not.
"""

import json
from collections import Counter
from typing import Any

from flask import Request

from app.errors import Invalid, TooLarge

MAX_BODY = 1 << 20
MAX_DEPTH = 32


def read_object(request: Request) -> dict[str, Any]:
    """The body as an object, its keys in lower case at every level; an absent one is {}.

    Raises Invalid for what is not a JSON object within the limits; a body of more than MAX_BODY
    bytes ends in werkzeug's RequestEntityTooLarge.
    """
    raw = read_bytes(request)
    if not raw.strip():
        return {}
    value = _parse(raw)
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise Invalid({"body": "a JSON object is expected"})
    if not _harmless(raw):
        _check(value)
    return value


def object_of(environ: dict[str, Any]) -> dict[str, Any]:
    """As read_object, of a request that Flask has not seen."""
    return read_object(Request(environ))


def read_bytes(request: Request, limit: int = MAX_BODY) -> bytes:
    """The bytes of the body. A chunked one tells its length by ending, so one byte more is asked
    for than may come: werkzeug would end it quietly at the limit. Raises TooLarge.
    """
    request.max_content_length = limit
    if request.content_length is not None or not request.environ.get("wsgi.input_terminated"):
        return request.get_data(cache=False)
    raw: bytes = request.environ["wsgi.input"].read(limit + 1)
    if len(raw) > limit:
        raise TooLarge("The body is too large")
    return raw


def _harmless(raw: bytes) -> bool:
    """Nothing that `_check` looks for can be in it: too few brackets to be deep, and neither a NUL
    nor an escape that could make one, or half of a surrogate pair.
    """
    brackets = raw.count(b"{") + raw.count(b"[")
    return brackets < MAX_DEPTH and b"\\u" not in raw and b"\0" not in raw


def _parse(raw: bytes) -> Any:
    try:
        return _DECODER.decode(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid({"body": "not UTF-8"}) from None
    except RecursionError:
        raise Invalid({"body": f"nested deeper than {MAX_DEPTH}"}) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Invalid({"body": f"not JSON: {error.msg} at {where}"}) from None
    except ValueError:
        raise Invalid({"body": "not JSON: a number is too long"}) from None


def _lower_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    lowered = {key.lower(): value for key, value in pairs}
    if len(lowered) != len(pairs):
        counted = Counter(key.lower() for key, _ in pairs)
        raise Invalid({name: "given twice" for name, times in counted.items() if times > 1})
    return lowered


def _no_constant(name: str) -> None:
    raise Invalid({"body": f"not JSON: {name}"})


_DECODER = json.JSONDecoder(
    strict=False, object_pairs_hook=_lower_keys, parse_constant=_no_constant
)


def _check(value: Any) -> None:
    """Depth and text of everything below; a loop, since the input decides how deep it is."""
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                _check_texts(each)
                below += each.values()
            elif isinstance(each, list):
                below += each
            elif isinstance(each, str):
                _check_texts((each,))
        level = [each for each in below if isinstance(each, dict | list | str)]
        if not level:
            return
    raise Invalid({"body": f"nested deeper than {MAX_DEPTH}"})


def _check_texts(texts: Any) -> None:
    for text in texts:
        if "\x00" in text:
            raise Invalid({"body": "a NUL character is in it"})
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise Invalid({"body": "half of a surrogate pair is in it"}) from None
