"""Where a request of HTTP/1.1 ends, found while its bytes come. Nothing is checked here: what looks
wrong counts as whole, and the server's parser refuses it.
"""

import re
from typing import Final

HEAD_END: Final = b"\r\n\r\n"
MOST_HEAD: Final = 131_072  # bytes of a head; gunicorn's limits for each line are lower
MOST_LINE: Final = 8_192  # bytes of a line between chunks
MOST_CHUNKS: Final = 65_536  # of a body: each costs the parser some microseconds
MOST_DIGITS: Final = 16  # of a length; one with more is too long whatever they are
_FIELDS = re.compile(
    rb"\r\n(content-length|transfer-encoding|expect)[ \t]*:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.I
)
_EXPECT = re.compile(rb"\r\nexpect[ \t]*:[^\r\n]*(?=\r\n)", re.I)


class Framing:
    """The end of one request. `whole`: it is there, or nothing more need be waited for; `open_end`:
    more may come that nobody collects; `endless`: its head does not end; `waits`: the client wants
    to be told to go on before it sends the body.
    """

    __slots__ = ("_chunks", "_head", "_left", "_longest", "endless", "open_end", "waits", "whole")

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._head: bytearray | None = bytearray()
        self._left = 0
        self._chunks: _Chunks | None = None
        self.whole = self.open_end = self.endless = self.waits = False

    def feed(self, data: bytes) -> None:
        """These bytes came."""
        body = data if self._head is None else self._after_head(data, self._head)
        if body is None or self.whole:
            return
        self._left -= len(body)
        if self._chunks is None:
            self.whole = self._left <= 0
        else:
            self.whole = self._chunks.feed(body)
            if not self.whole and self._left < 0:
                self.whole = self.open_end = True

    def _after_head(self, data: bytes, head: bytearray) -> bytes | None:
        """What stands behind the head, once that is there."""
        searched = max(0, len(head) - 3)
        head += data
        end = head.find(HEAD_END, max(searched, 1))
        if end < 0:
            self.whole = self.endless = len(head) > MOST_HEAD
            return None
        self._head = None
        self._understand(bytes(head[: end + 2]))
        return bytes(head[end + 4 :])

    def _understand(self, head: bytes) -> None:
        fields = {found[1].lower(): found[2].lower() for found in _FIELDS.finditer(head)}
        if not fields:
            return
        coding, length = fields.get(b"transfer-encoding"), fields.get(b"content-length", b"0")
        if coding is not None:
            self._chunks, self._left = _Chunks(), self._longest
            self.whole = coding.rpartition(b",")[2].strip() != b"chunked"
        elif length.isdigit():
            digits = length.lstrip(b"0")[:MOST_DIGITS]
            self._left = int(digits or b"0")
            self.whole = self.open_end = self._left > self._longest
        else:
            self.whole = True
        self.waits = fields.get(b"expect") == b"100-continue" and not self.whole


class _Chunks:
    """The end of a chunked body."""

    __slots__ = ("_count", "_line", "_skip", "_trailers")

    def __init__(self) -> None:
        self._count = 0
        self._line = b""
        self._skip = 0  # bytes of the chunk that are yet to come
        self._trailers = False

    def feed(self, data: bytes) -> bool:
        """Whether the body is whole with these bytes."""
        rest, at = self._line + data, 0
        while True:
            step = min(self._skip, len(rest) - at)
            self._skip -= step
            at += step
            end = rest.find(b"\r\n", at)
            if self._skip or end < 0:
                self._line = rest[at:]
                return len(self._line) > MOST_LINE
            if self._ended(rest[at:end]):
                return True
            at = end + 2

    def _ended(self, line: bytes) -> bool:
        """Take in a line between chunks, or of the trailers."""
        if self._trailers:
            return not line
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            return True
        self._count += 1
        self._trailers = size == 0
        self._skip = size + 2 if size > 0 else 0
        return size < 0 or self._count > MOST_CHUNKS


def told_to_go_on(head: bytes) -> bytes:
    """A request without its Expect header."""
    end = head.find(HEAD_END)
    return _EXPECT.sub(b"", head[: end + 2]) + head[end + 2 :]
