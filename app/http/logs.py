"""What is written to the log: text for people, JSON for programs (TANDEM_LOG). Every line says
which request it belongs to; no line holds a key.

Lines go to standard error. They pass through the standard library, but for the one line that tells
of a request (TANDEM_ACCESS_LOG): that would cost three times as much there.
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import orjson

from app.clock import clock
from app.http.credentials import keys_of

HIDDEN: Final = "***"
LEAST: Final = 6  # characters; shorter ones are no keys, and stand in too many words
# Keys, and what serves as one: the secret of an address, credentials of headers and of database
# addresses, values of a query, digests.
SECRETS: Final = (
    (re.compile(r"(/calendar/|/unsubscribe/|/presigned/)[^/\s?#\"'<>]+", re.I), rf"\1{HIDDEN}"),
    (re.compile(r"\b(?:tnd|twp)_[\w-]+"), HIDDEN),
    (re.compile(r"\b(basic|bearer)\s+[\w+/=.~-]{6,}", re.I), rf"\1 {HIDDEN}"),
    (re.compile(r"(://)[^/\s@\"']+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*"), f"?{HIDDEN}"),
    (re.compile(r"\b[0-9a-f]{64}\b"), HIDDEN),
)
# What is secret in a path: all that stands behind these beginnings, and any long name that is no
# GUID.
SECRET_PATHS: Final = ("/calendar/", "/unsubscribe/")
TOKEN: Final = re.compile(r"(?<=/)[\w~-]{32,}(?=[./]|$)")
GUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)


class Asked(NamedTuple):
    """What log lines need of the request that a thread works on: its id, and what is not to appear
    in them.
    """

    number: str = ""
    api_key: str = ""
    authorization: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What the client sent as a key, right or wrong."""
        sent = ({"HTTP_X_API_KEY": self.api_key}, {"HTTP_AUTHORIZATION": self.authorization})
        return tuple(key for headers in sent for key in keys_of(headers) if len(key) >= LEAST)


class Line(NamedTuple):
    """What is told of an answered request."""

    method: str
    path: str
    status: str
    milliseconds: float
    size: int
    number: str
    person: int | None


NOTHING: Final = Asked()  # outside of requests
asked: ContextVar[Asked] = ContextVar("asked", default=NOTHING)


def safe_path(path: str) -> str:
    """A path of WSGI's that may be written down: secrets masked, odd characters encoded."""
    if path.lower().startswith(SECRET_PATHS):
        return f"/{path.split('/')[1]}/{HIDDEN}"
    if len(path) > 32:
        path = TOKEN.sub(_unless_guid, path)
        path = SECRETS[1][0].sub(HIDDEN, path)
    if path.isascii() and path.isprintable() and " " not in path:
        return path
    return quote(path, safe="/!$&'()*+,;=:@~%", encoding="latin-1", errors="replace")


def _unless_guid(found: re.Match[str]) -> str:
    return found[0] if GUID.fullmatch(found[0]) else HIDDEN


def masked(text: str) -> str:
    """A text without keys: those of the present request, and whatever looks like one."""
    for key in asked.get().keys:
        text = text.replace(key, HIDDEN)
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


def _when(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class TextFormatter(logging.Formatter):
    """A line for people: when, how bad, who says it, what, and of which request."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the traceback below."""
        number = asked.get().number
        said = f"{_when(record)} {record.levelname} {record.name}: {record.getMessage()}"
        if number:
            said += f" [{number}]"
        if record.exc_info:
            said += "\n" + self.formatException(record.exc_info)
        return masked(said)


class JsonFormatter(logging.Formatter):
    """The same as an object of JSON on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said: dict[str, Any] = {
            "time": _when(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
            "process": record.process,
        }
        if number := asked.get().number:
            said["request"] = number
        if record.exc_info:
            said["exception"] = masked(self.formatException(record.exc_info))
        return json.dumps(said)  # takes lone surrogates, too; orjson refuses them


def _text_line(line: Line) -> str:
    person = "-" if line.person is None else line.person
    return (
        f"{clock.now().isoformat(timespec='milliseconds')} {line.method} {line.path} {line.status} "
        f"{line.milliseconds:.1f}ms {line.size}B person={person} [{line.number}]\n"
    )


def _json_line(line: Line) -> str:
    said = {
        "time": clock.now(),
        "level": "info",
        "logger": "access",
        "method": line.method,
        "path": line.path,
        "status": int(line.status),
        "milliseconds": round(line.milliseconds, 1),
        "bytes": line.size,
        "request": line.number,
        "person": line.person,
    }
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE).decode()


FORMATTERS: Final[Mapping[str, type[logging.Formatter]]] = {
    "text": TextFormatter,
    "json": JsonFormatter,
}
LINES: Final[Mapping[str, Callable[[Line], str]]] = {"text": _text_line, "json": _json_line}


def configure(form: str, *, anew: bool = False) -> None:
    """Let all loggers write in a form, unless somebody has configured them already; `anew`: even
    then.
    """
    root = logging.getLogger()
    if root.handlers and not anew:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(FORMATTERS[form]())
    root.handlers[:] = [handler]


class AccessLog:
    """Writes a line for each answered request."""

    def __init__(self, form: str) -> None:
        self._said = LINES[form]

    def tell(self, line: Line) -> None:
        """Write the line, all of it by one call, so that those of several processes do not mix."""
        sys.stderr.write(self._said(line))
