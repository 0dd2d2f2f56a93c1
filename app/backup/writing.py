"""A store into a dump: row by row and file by file, in constant memory."""

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson
import zstandard
from sqlalchemy import Connection

from app.backup.columns import columns_of, dumped_tables, key_of, selection
from app.backup.manifest import FILES, MANIFEST, Manifest, Part, Table, written
from app.backup.schema import revision_of
from app.backup.snapshot import batches, last_id
from app.errors import Conflict, NotFound
from app.storage import Files

LEVEL: Final = 3  # of zstandard: more takes time and hardly saves anything
PRIVATE: Final = 0o600
Progress = Callable[[int], object]


class Counted:
    """Passes bytes on, and knows how many there were and their digest."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: Any) -> int:
        """Pass bytes on."""
        self._digest.update(data)
        self._size += len(data)
        self._target.write(data)
        return len(data)

    def part(self, path: str, count: int) -> Part:
        """What was passed on, as a part of the dump."""
        return Part(path, self._size, self._digest.hexdigest(), count)


@dataclass(frozen=True, slots=True)
class Writer:
    """A dump that is being written."""

    archive: ZipFile
    made_at: datetime

    @contextmanager
    def member(self, path: str, packing: int = ZIP_STORED) -> Iterator[Counted]:
        """A member of the zip, of any size."""
        info = ZipInfo(path, self.made_at.timetuple()[:6])
        info.compress_type = packing
        info.external_attr = PRIVATE << 16
        with self.archive.open(info, "w", force_zip64=True) as target:
            yield Counted(target)


def write_dump(
    target: BinaryIO,
    connection: Connection,
    files: Files | None,
    made_at: datetime,
    progress: Progress,
) -> Manifest:
    """Write all that the connection sees; `files` None leaves the uploaded bytes out. `progress` is
    told of rows. Raises Conflict when the store has no schema.
    """
    revision = revision_of(connection)
    if revision is None:
        raise Conflict("There is nothing to dump: the store has no schema")
    with ZipFile(target, "w", ZIP_STORED) as archive:
        writer = Writer(archive, made_at)
        tables = tuple(
            _table(writer, connection, name, progress) for name in dumped_tables(connection)
        )
        part, missing = None, 0
        if files is not None:
            part, missing = _contents(writer, connection, files, tables)
        manifest = Manifest(revision, made_at.isoformat(), tables, part, missing)
        with writer.member(MANIFEST, ZIP_DEFLATED) as member:
            member.write(written(manifest))
    return manifest


def _table(writer: Writer, connection: Connection, name: str, progress: Progress) -> Table:
    columns = columns_of(connection, name)
    key = key_of(connection, name)
    sequence = last_id(connection, name) if key == ["id"] else None
    statement = selection(connection.dialect.name, name, columns, key)
    path, count = f"tables/{name}.jsonl.zst", 0
    with writer.member(path) as member:
        packer: Any = zstandard.ZstdCompressor(LEVEL).stream_writer(member, closefd=False)  # type: ignore[arg-type]
        with packer:
            for rows in batches(connection, statement):
                lines = [orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows]
                packer.write(b"".join(lines))
                count += len(rows)
                progress(len(rows))
        part = member.part(path, count)
    return Table(name, columns, sequence, part)


def _contents(
    writer: Writer, connection: Connection, files: Files, tables: tuple[Table, ...]
) -> tuple[Part, int]:
    """The bytes that rows name, each once; and how many are not there."""
    naming = [
        table.name for table in tables if {"digest", "size"} <= {c.name for c in table.columns}
    ]
    chosen = " UNION ".join(f'SELECT digest FROM "{name}"' for name in naming)  # noqa: S608
    count = missing = 0
    with writer.member(FILES) as member:
        # The type wants a whole file, the stream asks for `write` only.
        with tarfile.open(fileobj=member, mode="w|") as archive:  # type: ignore[call-overload]
            for rows in batches(connection, f"{chosen} ORDER BY 1"):
                for (digest,) in rows:
                    found = _content(archive, files, digest)
                    count, missing = count + found, missing + (not found)
        part = member.part(FILES, count)
    return part, missing


def _content(archive: tarfile.TarFile, files: Files, digest: str) -> bool:
    try:
        content = files.open(digest)
    except NotFound:
        return False
    with content:
        info = tarfile.TarInfo(digest)
        info.size, info.mode = content.seek(0, 2), PRIVATE
        content.seek(0)
        archive.addfile(info, content)
    archive.members.clear()  # type: ignore[attr-defined] # it would remember them all
    return True
