"""`flask dump` and `flask restore`: the whole store as one file, and back."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO

import click
from flask import current_app
from flask.cli import with_appcontext

from app.backup.manifest import Manifest
from app.backup.reading import Dump
from app.backup.restoring import Choices, restore
from app.backup.snapshot import count_rows, snapshot
from app.backup.target import whole_file
from app.backup.writing import write_dump
from app.cli.refusals import Refused
from app.clock import clock
from app.errors import DomainError
from app.extensions import db
from app.storage import FileStore

STANDARD = "-"


def _bar(label: str, length: int) -> Any:
    return click.progressbar(length=length, label=label, file=sys.stderr)


def _files() -> FileStore:
    return FileStore(current_app.config["TANDEM"].files_path)


@click.command("dump")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--without-files", is_flag=True, help="Leave the uploaded bytes out.")
@with_appcontext
def dump_command(file: str, without_files: bool) -> None:
    """Write the whole store to FILE (`-`: stdout), while the server runs. Confidential: whoever has
    it has all that is in the store.
    """
    try:
        with (
            _target(file) as target,
            snapshot(db.engine) as connection,
            _bar("rows", count_rows(connection)) as bar,
        ):
            files = None if without_files else _files()
            made = write_dump(target, connection, files, clock.now(), bar.update)
    except DomainError as error:
        raise Refused(error) from None
    _tell("written", made)
    if made.missing:
        click.echo(f"the bytes of {made.missing} files are not in TANDEM_FILES", err=True)


@contextmanager
def _target(file: str) -> Iterator[BinaryIO]:
    if file != STANDARD:
        with whole_file(Path(file)) as target:
            yield target
        return
    stream: BinaryIO = sys.stdout.buffer
    if stream.isatty():
        raise click.UsageError("A dump is not for the screen: name a file, or use a pipe")
    yield stream
    stream.flush()


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--replace", is_flag=True, help="Remove all that the store holds first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--check", "only_check", is_flag=True, help="Only see whether FILE is whole.")
@with_appcontext
def restore_command(file: str, replace: bool, yes: bool, only_check: bool) -> None:
    """Fill the store, which is empty, from FILE (`-`: stdin). All of it is checked first, and all
    comes or nothing does. Stop the server before.
    """
    with _source(file) as source:
        try:
            dump = Dump(source)
            with _bar("checking", sum(part.size for part in dump.manifest.parts)) as bar:
                dump.check(bar.update)
            if not only_check:
                _restore(dump, replace, yes)
        except DomainError as error:
            raise Refused(error) from None
    _tell("whole" if only_check else "restored", dump.manifest)


def _restore(dump: Dump, replace: bool, sure: bool) -> None:
    if replace and not sure:
        url = db.engine.url.render_as_string()
        click.confirm(f"Remove all that {url} holds?", abort=True, err=True)
    if db.engine.dialect.name == "sqlite" and db.engine.url.database:
        Path(db.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with _bar("rows", dump.manifest.rows) as bar:
        restore(dump, Choices(_files(), replace), bar.update)
    db.engine.dispose()  # what its connections know of the tables is no longer so


@contextmanager
def _source(file: str) -> Iterator[BinaryIO]:
    """The file; or a copy of stdin, since the table of contents stands at its end."""
    if file != STANDARD:
        with Path(file).open("rb") as source:
            yield source
        return
    with tempfile.TemporaryFile() as copy:
        copyfileobj(sys.stdin.buffer, copy)
        copy.seek(0)
        yield copy


def _tell(done: str, manifest: Manifest) -> None:
    files = manifest.files.count if manifest.files else 0
    click.echo(
        f"{done}: {manifest.rows} rows of {len(manifest.tables)} tables, {files} files, "
        f"schema {manifest.revision}, of {manifest.made_at}",
        err=True,
    )
