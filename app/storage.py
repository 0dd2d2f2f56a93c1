"""Where uploaded bytes are kept: by their SHA-256, under names that never come from a client.

`Files` is all that the server asks of such a place; `FileStore` is the one on a disk.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from app.errors import NotFound, TooLarge

CHUNK = 1 << 16
UNFINISHED = "upload-"  # how names of uploads that still go on begin
DIGEST = re.compile("[0-9a-f]{64}")


class Readable(Protocol):
    """Something that gives bytes until there are none left."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, b"" at the end."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was stored: the digest by which it is found again, and its size in bytes."""

    digest: str
    size: int


class Files(Protocol):
    """A place for bytes, which are found again by their digest."""

    def save(self, stream: Readable, limit: int | None = None) -> Kept:
        """Keep all that the stream gives. Raises TooLarge beyond `limit` bytes; what fails leaves
        nothing behind.
        """

    def open(self, digest: str) -> BinaryIO:
        """The bytes, to be read and closed. Raises NotFound."""

    def older(self, before: datetime) -> Iterator[str]:
        """The digests of what was last saved before an instant."""

    def remove(self, digest: str, before: datetime) -> int:
        """Remove bytes, unless they were saved again since; gives how many there were."""


class FileStore:
    """A folder of files named by digest. The same bytes are kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Where the bytes of a digest are, or would be."""
        return self._folder / digest[:2] / digest

    def save(self, stream: Readable, limit: int | None = None) -> Kept:
        """Keep all that the stream gives; on the disk before this returns. Raises TooLarge."""
        self._folder.mkdir(parents=True, exist_ok=True)
        seen, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(
            dir=self._folder, prefix=UNFINISHED, delete=False
        ) as target:
            try:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if limit is not None and size > limit:
                        raise TooLarge(f"The file is too large: up to {limit} bytes")
                    seen.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
                path = self.path(seen.hexdigest())
                path.parent.mkdir(exist_ok=True)
                os.replace(target.name, path)
            except BaseException:
                Path(target.name).unlink(missing_ok=True)
                raise
        return Kept(seen.hexdigest(), size)

    def open(self, digest: str) -> BinaryIO:
        """The bytes, to be read and closed. Raises NotFound."""
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError:
            raise NotFound("The content of this file is not there") from None

    def older(self, before: datetime) -> Iterator[str]:
        """The digests of what was last saved before an instant. What an upload of then left behind
        when the process died is removed on the way.
        """
        for path in self._folder.glob(f"{UNFINISHED}*"):
            if _saved(path) < before:
                path.unlink(missing_ok=True)
        for path in self._folder.glob("??/*"):
            if DIGEST.fullmatch(path.name) and _saved(path) < before:
                yield path.name

    def remove(self, digest: str, before: datetime) -> int:
        """Remove bytes, unless they were saved again since; gives how many there were."""
        path = self.path(digest)
        with suppress(FileNotFoundError):
            if _saved(path) < before:
                size = path.stat().st_size
                path.unlink()
                return size
        return 0


def _saved(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
