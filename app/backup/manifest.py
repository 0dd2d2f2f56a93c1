"""What a dump says of itself: the form, the revision of the schema, and every part with its size,
its SHA-256 and how much is in it.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from app.errors import DomainError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
FILES: Final = "files.tar"


class Damaged(DomainError):
    """A dump that cannot be taken; the message names the part that is not as it was written."""


@dataclass(frozen=True, slots=True)
class Part:
    """A member of the zip as it lies there; `count` is how many rows or files it holds."""

    path: str
    size: int
    sha256: str
    count: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column and how its values are written (columns.py)."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in the order of the values, and the greatest id that was ever given
    out, if the database counts them.
    """

    name: str
    columns: tuple[Column, ...]
    sequence: int | None
    part: Part


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents. `files` is None when they were left out; `missing` counts the digests that rows
    name and whose bytes were not there.
    """

    revision: str
    made_at: str
    tables: tuple[Table, ...]
    files: Part | None
    missing: int = 0
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.part.count for table in self.tables)

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts but the manifest itself."""
        files = () if self.files is None else (self.files,)
        return (*(table.part for table in self.tables), *files)


def written(manifest: Manifest) -> bytes:
    """The manifest as it stands in the dump."""
    said = asdict(manifest)
    for table in said["tables"]:
        table["columns"] = {each["name"]: each["kind"] for each in table["columns"]}
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)


def read(text: bytes) -> Manifest:
    """The manifest of such a text. Raises Damaged."""
    try:
        said = orjson.loads(text)
        if said["format"] != FORMAT:
            raise Damaged(f"{MANIFEST}: form {said['format']} is not known, only {FORMAT}")
        files = said["files"]
        return Manifest(
            revision=str(said["revision"]),
            made_at=str(said["made_at"]),
            tables=tuple(_table(each) for each in said["tables"]),
            files=None if files is None else _part(files),
            missing=int(said["missing"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Damaged(f"{MANIFEST}: cannot be read ({type(error).__name__})") from error


def _table(said: Any) -> Table:
    columns = tuple(Column(name, str(kind)) for name, kind in said["columns"].items())
    sequence = None if said["sequence"] is None else int(said["sequence"])
    return Table(str(said["name"]), columns, sequence, _part(said["part"]))


def _part(said: Any) -> Part:
    return Part(str(said["path"]), int(said["size"]), str(said["sha256"]), int(said["count"]))
