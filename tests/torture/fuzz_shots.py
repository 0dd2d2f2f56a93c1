"""A request as its bytes say it, its curl line, and firing it at the application in here."""

import io
import os
import shlex
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from flask import Flask

from tests.api import basic

HOST: Final = "http://127.0.0.1:8000"
# Headers that WSGI gives without a prefix.
PLAIN: Final = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


@dataclass(frozen=True, slots=True)
class Shot:
    """A request. `target` is the path and query as they stand in the request line; Content-Length
    is that of the body unless the headers say otherwise.
    """

    method: str
    target: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None

    @property
    def path(self) -> str:
        """The path as WSGI gives it: decoded, its bytes as characters."""
        raw = self.target.partition("?")[0]
        return unquote_to_bytes(raw.encode("latin-1", "replace")).decode("latin-1")

    def curl(self) -> str:
        """The request as a line for a shell; a long body as the command that makes it."""
        line = ["curl", "-gis", "--path-as-is", "-X", self.method]
        for name, value in self.headers.items():
            line += ["-H", f"{name}: {value}"]
        if self.key:
            line += ["-u", f"{self.key}:x"]
        said = shlex.join([*line, HOST + self.target])
        if not self.body:
            return said
        text = "".join(map(_printed, self.body[:4000]))
        cut = "…" if len(self.body) > 4000 else ""
        return f"printf '%b' '{text}{cut}' | {said} --data-binary @-"

    def environ(self) -> dict[str, Any]:
        """What a server makes of it."""
        path, _, query = self.target.partition("?")
        made: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": query,
            "RAW_URI": self.target,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        sent = (basic(self.key) if self.key else {}) | dict(self.headers)
        for name, value in sent.items():
            lower = name.lower()
            made[PLAIN.get(lower, "HTTP_" + lower.upper().replace("-", "_"))] = value
        if "HTTP_TRANSFER_ENCODING" in made:
            made.pop("CONTENT_LENGTH")
        return made


def _printed(byte: int) -> str:
    character = chr(byte)
    plain = character.isascii() and character.isprintable() and character not in "'\\%"
    return character if plain else f"\\0{byte:o}" if byte else "\\0000"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and the seconds of this processor that it took; status 0: an exception came
    through, whose name is the body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def kind(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def fire(app: Flask, shot: Shot) -> Answer:
    """Send it through the whole application."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[..., Any]:
        begun.append((status, headers))
        return lambda _: None

    before = time.process_time()
    try:
        body = _drained(app(shot.environ(), start))
    except Exception as error:
        return Answer(0, {}, repr(error).encode(), time.process_time() - before)
    took = time.process_time() - before
    status, headers = begun[-1]
    return Answer(int(status[:3]), {name.lower(): value for name, value in headers}, body, took)


def _drained(parts: Iterable[bytes]) -> bytes:
    try:
        return b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def seed_of_environment() -> int:
    """FUZZ_SEED, 1 unless it is set: another seed is another fifty thousand requests."""
    return int(os.environ.get("FUZZ_SEED", "1"))
