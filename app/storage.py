"""Where uploaded bytes are kept: by their SHA-256, under names that never come from a client."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CHUNK = 1 << 16


class Readable(Protocol):
    """Something that gives bytes until there are none left."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, b"" at the end."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was stored: the digest by which it is found again, and its size in bytes."""

    digest: str
    size: int


class FileStore:
    """A folder of files named by digest. The same bytes are kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Where the bytes of a digest are, or would be."""
        return self._folder / digest[:2] / digest

    def save(self, stream: Readable) -> Kept:
        """Keep all that the stream gives; on the disk before this returns."""
        self._folder.mkdir(parents=True, exist_ok=True)
        seen, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as target:
            try:
                while chunk := stream.read(CHUNK):
                    seen.update(chunk)
                    size += len(chunk)
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
