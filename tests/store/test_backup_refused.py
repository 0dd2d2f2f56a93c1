"""Dumps that `flask restore` does not take, or that cannot be written: nothing is changed."""

import json
import os
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from flask import Flask
from sqlalchemy import inspect

from app.backup.columns import dumped_tables
from app.backup.manifest import Damaged
from app.backup.reading import Dump
from app.cli import backup
from app.extensions import db
from tests.dumps.making import FOLDER
from tests.store.backups import ALL, NEWEST, altered, content, names, run


def test_a_dump_that_fails_leaves_the_one_before(
    empty_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.zip"
    target.write_text("what was there before")
    code, said = run(empty_app, "dump", str(target))
    assert (code, "no schema" in said) == (1, True)

    def fail(*_: object) -> None:
        raise OSError("no space left on the device")

    monkeypatch.setattr(backup, "write_dump", fail)
    assert run(empty_app, "restore", str(NEWEST))[0] == 0
    assert run(empty_app, "dump", str(target))[0] == 1
    assert target.read_text() == "what was there before"
    assert sorted(path.name for path in tmp_path.glob("*a.zip*")) == ["a.zip"]


def test_a_dump_replaces_nothing_but_files(app: Flask, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    code, said = run(app, "dump", str(tmp_path / "pipe"))
    assert (code, "is not a file" in said) == (1, True)


def _nobody(rows: list[Any]) -> None:
    rows[0][:] = [77 if each == 2 else each for each in rows[0]]


REFUSED: dict[str, tuple[str, Callable[[list[Any]], None]]] = {
    "a row names a person who is not there": ("star", _nobody),
    "a row without what it must have": ("tag", lambda rows: rows[0].__setitem__(0, None)),
    "a row twice": ("tag", lambda rows: rows.append(rows[0])),
    "a row too short": ("tag", lambda rows: rows[0].pop()),
    "what is no number": ("tag", lambda rows: rows[0].__setitem__(2, {})),
    "a number that none can hold": ("tag", lambda rows: rows[0].__setitem__(2, 2**63)),
    "a row that is none": ("tag", lambda rows: rows.__setitem__(0, 5)),
    "bytes that are none": ("retry", lambda rows: rows[0].__setitem__(5, "xy")),
    "bytes that are a number": ("retry", lambda rows: rows[0].__setitem__(5, 7)),
}


def test_a_dump_that_contradicts_itself_is_refused(empty_app: Flask, tmp_path: Path) -> None:
    assert run(empty_app, "restore", str(FOLDER / "0001.zip"))[0] == 0
    before = content(empty_app)
    for case, (table, change) in REFUSED.items():
        wrong = altered(tmp_path, table, change)
        code, said = run(empty_app, "restore", "--replace", "--yes", str(wrong))
        assert code == 1, case
        assert table in said.splitlines()[-1], case
        assert content(empty_app) == before, case
    assert names(empty_app) == (ALL, ALL)


def test_what_is_refused_leaves_an_empty_database_empty(empty_app: Flask, tmp_path: Path) -> None:
    """The schema was made, rows were loaded and migrations ran before the mistake was found."""
    code, said = run(empty_app, "restore", str(altered(tmp_path, "star", _nobody)))
    assert (code, "star" in said) == (1, True)
    with empty_app.app_context(), db.engine.connect() as connection:
        assert inspect(connection).get_table_names() == []


def test_what_is_there_is_not_replaced_unasked(empty_app: Flask, tmp_path: Path) -> None:
    assert run(empty_app, "restore", str(FOLDER / "0001.zip"))[0] == 0
    before = content(empty_app)
    for answer in (("restore", str(NEWEST)), ("restore", "--replace", str(NEWEST))):
        code, said = run(empty_app, *answer, said="n\n")
        assert code == 1, said
    assert content(empty_app) == before
    assert run(empty_app, "restore", "--replace", str(NEWEST), said="y\n")[0] == 0
    assert content(empty_app) != before


def test_a_newer_schema_is_refused_and_the_store_stays_empty(
    empty_app: Flask, tmp_path: Path
) -> None:
    newer = tmp_path / "newer.zip"
    with ZipFile(NEWEST) as source, ZipFile(newer, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, source.read(name).replace(b'"0007"', b'"9999"'))
    code, said = run(empty_app, "restore", str(newer))
    assert (code, "9999" in said) == (1, True)
    with empty_app.app_context(), db.engine.connect() as connection:
        assert dumped_tables(connection) == []


def outcome(data: bytes) -> str:
    """What reading all of a dump comes to."""
    try:
        dump = Dump(BytesIO(data))
        dump.check(lambda _: None)
        assert [rows for table in dump.manifest.tables for rows in dump.rows(table)]
        return repr([*dump.manifest.parts, *(one.read() for _, one in dump.files())])
    except Damaged as error:
        assert error.message
        return "refused"


def test_bytes_that_were_lost_or_altered_are_found() -> None:
    """Every place of a dump, tried at a stride: it is refused, or reads as before (the zip says a
    few things twice, and some that do not matter).
    """
    data = NEWEST.read_bytes()
    whole = outcome(data)
    assert whole != "refused"
    for end in range(0, len(data), 997):
        assert outcome(data[:end]) == "refused"
    found = [
        outcome(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        for place in range(0, len(data), 149)
    ]
    assert set(found) == {whole, "refused"}
    assert found.count("refused") > len(found) / 2


def test_the_part_that_was_altered_is_named() -> None:
    data = bytearray(NEWEST.read_bytes())
    with ZipFile(BytesIO(data)) as archive:
        info = archive.getinfo("tables/task.jsonl.zst")
    data[info.header_offset + 30 + len(info.filename) + 60] ^= 1
    with pytest.raises(Damaged, match="tables/task.jsonl.zst"):
        Dump(BytesIO(data)).check(lambda _: None)
    with pytest.raises(Damaged, match="cut off"):
        Dump(BytesIO(data[:-30]))


def test_a_table_of_contents_that_is_a_bomb_is_not_unpacked() -> None:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * (8 << 20) + b"{}")
    with pytest.raises(Damaged, match="too long"):
        Dump(packed)


def test_files_with_holes_are_refused() -> None:
    """A few bytes of them would fill the disk."""
    tar = BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        hole = tarfile.TarInfo("a" * 64)
        hole.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 50)}
        archive.addfile(hole)
    part = {"path": "files.tar", "size": 0, "sha256": "", "count": 1}
    manifest = {"format": 1, "revision": "0007", "made_at": "", "tables": [], "files": part}
    packed = BytesIO()
    with ZipFile(packed, "w") as made:
        made.writestr("manifest.json", json.dumps(manifest | {"missing": 0}))
        made.writestr("files.tar", tar.getvalue())
    with pytest.raises(Damaged, match="is no file"):
        next(Dump(packed).files())
