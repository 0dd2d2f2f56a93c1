"""Values that have broken servers, and JSON that no library would write."""

import json
import random
from dataclasses import dataclass
from typing import Any, Final

from tests.torture.fuzz_running import some

GUID: Final = "0a1b2c3d-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True)
class Raw:
    """A text that stands in the JSON as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """An object whose names may come again."""

    pairs: tuple[tuple[str, Any], ...]


TEXTS: Final = (
    *("", " ", "x", "0", "1", "-1", "null", "true", "undefined", "[]", "{}", "NaN", "a,b", "1,2,3"),
    *("\x00", "a\x00b", "\ud800", "\udfff\ud800x", "\ufeff", "\u202eabc", "\u0000", "\x1b[31m"),
    *("😀" * 40, "Ä" * 300, "x" * 2001, "x" * 70_000, "ﬃ", "İ", "ß", "\u0301" * 200, "\r\nX: y"),
    *("'; DROP TABLE task; --", "' OR 1=1 --", "%", "%s%n", "{0}", "${7*7}", "{{7*7}}", "\\", "`"),
    *("<b>x", "<script>alert(1)</script>", "<p>" * 400, "<a href='javascript:x'>y</a>", "&#0;"),
    *("../../etc/passwd", "//", "http://127.0.0.1:1/", "file:///etc/passwd", "C:\\x", "a@b.c"),
    *("20140512", "20140230", "99991231", "00000000", "2014-05-12T10:00:00Z", "1e400", "-0"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-14:00", "24:00", "1:99", "PT1H"),
    *("9" * 25, "1" * 5000, "-9223372036854775809", "٣", "0x10", "1_000", "+1", "1.5", " 7 "),
    *("#ff0000", "TASK.CREATED", "tf_editor", "tf_missing", "high", "all", "Europe/Paris", GUID),
    *(GUID.upper(), "{" + GUID + "}", GUID.replace("-", ""), GUID[:-1], "urn:uuid:" + GUID),
)
NUMBERS: Final = (
    *(0, 1, -1, 2, 3, 5, 7, 100, 1.5, -0.0, 1e308, 5e-324, 0.1, 255, 256, 65_536, 16_777_216),
    *(2**31 - 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30),
    *(Raw("1e400"), Raw("-1e400"), Raw("1E+2"), Raw("1e-400"), Raw("9" * 400), Raw("-0")),
    *(Raw("1.0"), Raw("9" * 4400), Raw("0." + "3" * 400), Raw("1e99999999")),
)
NONE_AT_ALL: Final = (Raw("NaN"), Raw("Infinity"), Raw("-"), Raw("01"), Raw("tru"), Raw("'x'"))


def wild(draw: random.Random, depth: int = 2) -> Any:
    """Any JSON value."""
    kind = draw.random()
    if kind < 0.45:
        return some(draw, *TEXTS)
    if kind < 0.7:
        return some(draw, *NUMBERS)
    if kind < 0.82:
        return some(draw, None, True, False)
    if kind < 0.83:
        return some(draw, *NONE_AT_ALL)
    if kind < 0.84:
        return Raw("[" * 40 + "]" * 40) if draw.random() < 0.7 else Raw('{"a":' * 5000)
    if not depth:
        return some(draw, [], {})
    inside = [wild(draw, depth - 1) for _ in range(draw.randrange(4))]
    if kind < 0.92:
        return inside
    return Pairs(tuple((some(draw, "id", "Id", "a", "", "@id", "x" * 50), each) for each in inside))


def written(value: Any, *, escaped: bool = True) -> bytes:
    """The bytes of a JSON text; lone surrogates are escaped, or encoded as no encoder should."""
    return _text(value, escaped).encode("utf-8", "surrogatepass")


def _text(value: Any, escaped: bool) -> str:
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        value = Pairs(tuple(value.items()))
    if isinstance(value, Pairs):
        inside = (f"{_text(name, escaped)}: {_text(each, escaped)}" for name, each in value.pairs)
        return "{" + ", ".join(inside) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_text(each, escaped) for each in value) + "]"
    return json.dumps(value, ensure_ascii=escaped)


PIECES: Final = (
    *(bytes([each]) for each in b'{}[],:"\\-\x00\xff\xc3\x80\n\r\t &;='),
    *(b"\\u", b"\\ud83d", b"1e400", b"NaN", b"\r\n\r\n", b"[" * 60, b"", b"null", b"\xed\xa0\x80"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"%00", b"--", b"/*", b"true", b'""', b"\xf0\x9f\x98\x80"),
)


def damaged(draw: random.Random, text: bytes, most: int = 4) -> bytes:
    """The bytes with pieces in place of what stands there, flipped bits, or an end that is gone."""
    for _ in range(draw.randint(1, most)):
        kind, at = draw.random(), int(draw.random() * (len(text) + 1))
        if kind < 0.5:
            text = text[:at] + some(draw, *PIECES) + text[at + int(draw.random() ** 2 * 12) :]
        elif kind < 0.75 and text:
            at = min(at, len(text) - 1)
            text = text[:at] + bytes([text[at] ^ 1 << draw.randrange(8)]) + text[at + 1 :]
        elif kind < 0.85:
            text = text[:at]
        else:
            text = text[:at] + text[at // 2 :]
    return text
