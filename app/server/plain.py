"""Requests and answers of the plainest form, read and written in a few microseconds.

Almost all requests of almost all clients are a request line, some header lines of printable
characters, none twice, and at most a body of a stated length. What has that form can be read in one
way only, so it is read here; anything else, however slightly it differs, gunicorn reads and judges
(`tests/functional/test_plain_requests.py` compares what both make of a request). The same with
answers: one of a known length and in one part is sent at once, any other is gunicorn's to send.
"""

import re
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from gunicorn import SERVER
from gunicorn.http.wsgi import FileWrapper, Response, base_environ
from gunicorn.util import hop_headers, http_date

HEAD_END: Final = b"\r\n\r\n"
LONGEST: Final = 8_000  # bytes of a head
MOST_FIELDS: Final = 90
FORM: Final = re.compile(
    r"(GET|POST|PUT|PATCH|DELETE) (/(?!/)[!\"$-~]*) HTTP/1\.1((?:\r\n[A-Za-z0-9-]+:[\t -~]*)*)"
)
LENGTH: Final = re.compile(r"[0-9]{1,9}")
# What changes how a request is to be read, or what is done before it is answered.
UNPLAIN: Final = frozenset(
    ("TRANSFER-ENCODING", "EXPECT", "UPGRADE", "HTTP2-SETTINGS", "TRAILER", "SCRIPT-NAME")
)
KNOWN_NAMES: Final = 512  # of fields, whose spelling is remembered
BARE: Final = {"CONTENT-TYPE": "CONTENT_TYPE", "CONTENT-LENGTH": "CONTENT_LENGTH"}
STATUS: Final = re.compile(r"[2-5][0-9]{2} [ -~]*")
FIELDS: Final = re.compile(r"(?:[A-Za-z0-9-]+: [\t -~]*\r\n)*")
NO_BODY: Final = ("204", "304")


def possible(cfg: Any, log: Any) -> bool:
    """Nothing in gunicorn's configuration wants its own way of reading requests."""
    hooks = (cfg.settings[name] for name in ("pre_request", "post_request"))
    return not (
        cfg.is_ssl
        or cfg.proxy_protocol not in (False, None, "", "off")
        or cfg.secure_scheme_headers
        or log.access_log_enabled
        or any(hook.get() is not hook.default for hook in hooks)
        or 0 < cfg.limit_request_line < LONGEST
        or 0 < cfg.limit_request_field_size < LONGEST
        or 0 < cfg.limit_request_fields < MOST_FIELDS
    )


class Asked:
    """A plain request: what the server and its application want to know of it."""

    __slots__ = ("body", "closes", "fields", "method", "path", "query", "uri", "version")

    def __init__(self, method: str, uri: str, fields: dict[str, str], body: bytes) -> None:
        self.method = method
        self.uri = uri
        self.path, _, self.query = uri.partition("?")
        self.fields = fields
        self.body = body
        self.version = (1, 1)
        self.closes = fields.get("HTTP_CONNECTION", "").strip().lower() == "close"

    def should_close(self) -> bool:
        """The client wants the connection to be closed."""
        return self.closes


def read(data: bytes) -> tuple[Asked, bytes] | None:
    """The request that stands in the bytes, and what stands behind it; None unless it is plain and
    whole.
    """
    end = data.find(HEAD_END)
    if not 0 < end <= LONGEST:
        return None
    found = FORM.fullmatch(data[:end].decode("latin-1"))
    if found is None:
        return None
    method, uri, lines = found.groups()
    fields: dict[str, str] = {}
    listed = lines.split("\r\n")
    if len(listed) > MOST_FIELDS:
        return None
    for line in listed[1:]:
        name, _, value = line.partition(":")
        key = _names.get(name) or _named(name)
        if key is None or key in fields:
            return None
        fields[key] = value.strip(" \t")
    stated = fields.get("CONTENT_LENGTH")
    begins = end + 4
    if stated is None:
        return Asked(method, uri, fields, b""), data[begins:]
    if not LENGTH.fullmatch(stated) or len(data) < (ends := begins + int(stated)):
        return None
    return Asked(method, uri, fields, data[begins:ends]), data[ends:]


_names: dict[str, str] = {}


def _named(name: str) -> str | None:
    """The name that WSGI has for a field; None for one that makes a request unplain."""
    upper = name.upper()
    if upper in UNPLAIN:
        return None
    key = BARE.get(upper) or "HTTP_" + upper.replace("-", "_")
    if len(_names) < KNOWN_NAMES:
        _names[name] = key
    return key


class Plain:
    """How one server process answers plain requests."""

    def __init__(self, cfg: Any) -> None:
        self._cfg = cfg
        self._common = {
            **base_environ(cfg),
            "wsgi.multithread": True,
            "wsgi.url_scheme": "http",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SCRIPT_NAME": "",
        }

    def environ(self, asked: Asked, sock: Any, client: Any, server: Any) -> dict[str, Any]:
        """The request as WSGI wants it. `client` and `server` are addresses."""
        path = asked.path
        return {
            **self._common,
            "wsgi.input": BytesIO(asked.body),
            "gunicorn.socket": sock,
            "REQUEST_METHOD": asked.method,
            "QUERY_STRING": asked.query,
            "RAW_URI": asked.uri,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
            "REMOTE_ADDR": client[0],
            "REMOTE_PORT": str(client[1]),
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
            **asked.fields,
        }

    def answer(self, application: Any, environ: dict[str, Any], asked: Asked, sock: Any) -> bool:
        """Call the application and send what it says; whether the connection stays open. Raises
        what the application or the socket raises; `Broken` when the answer has begun.
        """
        answer = _Answer()
        parts = application(environ, answer.start_response)
        try:
            if isinstance(parts, FileWrapper):
                return self._as_gunicorn(answer, asked, sock, lambda out: out.write_file(parts))
            rest = iter(parts)
            first = next(rest, b"")
            text = answer.written(first, closes=asked.closes)
            if text is not None:
                sock.sendall(text)
                return not asked.closes

            def write(out: Any) -> None:
                if first:
                    out.write(first)
                for part in rest:
                    out.write(part)

            return self._as_gunicorn(answer, asked, sock, write)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    def _as_gunicorn(
        self, answer: "_Answer", asked: Asked, sock: Any, write: Callable[[Any], None]
    ) -> bool:
        out = Response(asked, sock, self._cfg)
        out.start_response(answer.status, answer.headers)
        try:
            write(out)
            out.close()
        except Exception as error:
            if out.headers_sent:
                raise Broken from error
            raise
        return not out.should_close()


class Broken(Exception):
    """An answer broke off when it had begun."""


class _Answer:
    """What an application says of its answer, until it is sent."""

    __slots__ = ("headers", "status")

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []

    def start_response(self, status: str, headers: list[tuple[str, str]], *_failure: Any) -> None:
        """As WSGI has it; nothing is sent before the first part comes, so it may be said anew."""
        self.status = status
        self.headers = headers

    def written(self, body: bytes, *, closes: bool) -> bytes | None:
        """The whole answer, if it is a plain one: one part, as long as was stated."""
        status = self.status
        if not STATUS.fullmatch(status):
            return None
        without = status[:3] in NO_BODY
        length, lines = None, []
        for name, value in self.headers:
            lower = name.lower()
            if lower == "content-length":
                length = value
                if without:
                    continue
            elif lower in hop_headers:
                return None
            lines.append(f"{name}: {value}\r\n")
        fields = "".join(lines)
        if without:
            body = b""
        elif length != str(len(body)):
            return None
        if fields.count("\n") != len(lines) or not FIELDS.fullmatch(fields):
            return None
        lasts = "close" if closes else "keep-alive"
        head = (
            f"HTTP/1.1 {status}\r\nServer: {SERVER}\r\nDate: {_date()}\r\n"
            f"Connection: {lasts}\r\n{fields}\r\n"
        )
        return head.encode("latin-1") + body


_dated: tuple[int, str] = (0, "")


def _date() -> str:
    """The date of now, written once a second."""
    global _dated
    now = int(time.time())
    second, text = _dated
    if second != now:
        text = http_date(now)
        _dated = (now, text)
    return text
