"""Dumps and restores for tests: commands, what a store holds, and dumps that are not as written."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import zstandard
from flask import Flask

from app.backup.manifest import MANIFEST
from app.backup.schema import revisions
from app.extensions import db
from tests.api import Api
from tests.dumps.making import FOLDER
from tests.odata import OData
from tests.store.filled import KEY
from tests.torture.backups import digest_of

NEWEST = FOLDER / f"{revisions()[-1]}.zip"
ALL = {"Parent", "Child", "Private", "Names a later one", "Later"}


def run(app: Flask, *arguments: str, said: str | None = None) -> tuple[int, str]:
    """Run a command; gives exit code and stderr."""
    result = app.test_cli_runner().invoke(args=list(arguments), input=said)
    return result.exit_code, result.stderr


def names(app: Flask) -> tuple[set[str], set[str]]:
    """The names of the open tasks, as either dialect has them for the key's owner."""
    listed = Api(app, KEY).names("/tasks.json")
    answer = OData(app, KEY).get("Task", filter="not IsDone")
    assert answer.status_code == 200, answer.text
    return set(listed), {each["Name"] for each in answer.json["value"]}


def content(app: Flask) -> str:
    """A digest of all rows of all tables."""
    with app.app_context():
        return digest_of(db.engine)


def altered(folder: Path, table: str, change: Callable[[list[Any]], None]) -> Path:
    """The newest dump with other rows in a table, and digests that agree."""
    target = folder / "altered.zip"
    path = f"tables/{table}.jsonl.zst"
    with ZipFile(NEWEST) as source, ZipFile(target, "w") as copy:
        rows = [
            json.loads(line)
            for line in zstandard.ZstdDecompressor()
            .stream_reader(source.read(path))
            .read()
            .splitlines()
        ]
        change(rows)
        packed = zstandard.compress(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
        manifest = json.loads(source.read(MANIFEST))
        for each in manifest["tables"]:
            if each["name"] == table:
                digest = hashlib.sha256(packed).hexdigest()
                each["part"] |= {"size": len(packed), "sha256": digest, "count": len(rows)}
        for name in source.namelist():
            replaced = {path: packed, MANIFEST: json.dumps(manifest).encode()}
            copy.writestr(name, replaced.get(name) or source.read(name))
    return target
