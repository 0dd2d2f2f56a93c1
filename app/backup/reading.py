"""A dump as it is read: nothing of it is believed before its digest was compared."""

import hashlib
import io
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any, BinaryIO, Final
from zipfile import BadZipFile, ZipFile

import orjson
import zstandard

from app.backup import manifest as manifests
from app.backup.manifest import MANIFEST, Damaged, Part, Table

CHUNK: Final = 1 << 20
AT_A_TIME: Final = 1000
LONGEST_MANIFEST: Final = 1 << 22  # bytes; ours have some thousands
LONGEST_ROW: Final = 1 << 28  # bytes; the longest text of a row that we take has a few millions
# What the libraries raise when bytes are not what they should be.
WRONG = (
    BadZipFile,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    tarfile.TarError,
    zlib.error,
    zstandard.ZstdError,
)


@contextmanager
def _named(part: str) -> Iterator[None]:
    """Say which part it is whose bytes are wrong."""
    try:
        yield
    except WRONG as error:
        raise Damaged(f"{part}: is damaged ({error})") from error


class Dump:
    """A dump, whose file the caller closes. Raises Damaged when it is none."""

    def __init__(self, source: BinaryIO) -> None:
        try:
            self._archive = ZipFile(source)
        except WRONG as error:
            said = "The file is cut off, or is no dump: its table of contents is not at its end"
            raise Damaged(said) from error
        with _named(MANIFEST):
            if self._archive.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
                raise ValueError("it is too long")
            self.manifest = manifests.read(self._archive.read(MANIFEST))

    def check(self, progress: Callable[[int], object]) -> None:
        """Compare every part with its digest; `progress` is told of bytes. Raises Damaged."""
        for part in self.manifest.parts:
            self._check(part, progress)

    def _check(self, part: Part, progress: Callable[[int], object]) -> None:
        seen, size = hashlib.sha256(), 0
        with self._opened(part) as content:
            while chunk := content.read(CHUNK):
                seen.update(chunk)
                size += len(chunk)
                progress(len(chunk))
        if (seen.hexdigest(), size) != (part.sha256, part.size):
            raise Damaged(f"{part.path}: its digest is not the one that the manifest names")

    def rows(self, table: Table) -> Iterator[list[Any]]:
        """The rows of a table, a thousand at a time. Raises Damaged."""
        count = 0
        with self._opened(table.part) as content:
            plain = zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=True)
            lines = io.BufferedReader(plain, CHUNK)
            each_line = iter(lambda: lines.readline(LONGEST_ROW), b"")
            while several := list(islice(each_line, AT_A_TIME)):
                yield [_row(line, len(table.columns)) for line in several]
                count += len(several)
        if count != table.part.count:
            raise Damaged(f"{table.part.path}: has {count} rows, not {table.part.count}")

    def files(self) -> Iterator[tuple[str, IO[bytes]]]:
        """The uploaded files, each to be read before the next one is asked for. Raises Damaged."""
        part = self.manifest.files
        if part is None:
            return
        count = 0
        with self._opened(part) as content, tarfile.open(fileobj=content, mode="r|") as archive:
            for each in archive:
                # A file with holes could be of any size.
                one = None if each.issparse() else archive.extractfile(each)
                if one is None:
                    raise Damaged(f"{part.path}: {each.name} is no file")
                yield each.name, one
                archive.members.clear()  # type: ignore[attr-defined] # it would remember them all
                count += 1
        if count != part.count:
            raise Damaged(f"{part.path}: has {count} files, not {part.count}")

    @contextmanager
    def _opened(self, part: Part) -> Iterator[IO[bytes]]:
        with _named(part.path), self._archive.open(part.path) as content:
            yield content


def _row(line: bytes, width: int) -> list[Any]:
    """The values of a row. Raises ValueError."""
    row = orjson.loads(line)
    if not isinstance(row, list) or len(row) != width:
        raise ValueError(f"a row has not {width} values")
    if any(isinstance(value, list | dict) for value in row):
        raise ValueError("a value is none of a column")
    return row
