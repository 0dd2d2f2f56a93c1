"""Makes the dumps of this folder, one for each schema that was released: `python -m
tests.dumps.making`. A file that is there stays: it shows that what was written once is still read.
"""

import tempfile
from io import BytesIO
from pathlib import Path

from sqlalchemy import create_engine

from app import models
from app.backup.schema import revisions, upgrade_to
from app.backup.target import whole_file
from app.backup.writing import write_dump
from app.extensions import engine_options, prepare_engine
from app.storage import FileStore
from tests.store.filled import CONTENT, NOON, fill

FOLDER = Path(__file__).parent
assert models, "the tables have to be known"


def make(revision: str, folder: Path, target: Path) -> None:
    """A dump of an SQLite store of this revision with a few rows in every table."""
    url = f"sqlite:///{folder / revision}.db"
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine, "NORMAL")
    files = FileStore(folder)
    files.save(BytesIO(CONTENT))
    with engine.connect().execution_options(write=True) as connection:
        upgrade_to(connection, revision)
        fill(connection)
        with whole_file(target) as stream:
            write_dump(stream, connection, files, NOON, lambda _: None)
    engine.dispose()


def main() -> None:
    """Make the dumps that are not there yet."""
    for revision in revisions():
        target = FOLDER / f"{revision}.zip"
        if not target.exists():
            with tempfile.TemporaryDirectory() as folder:
                make(revision, Path(folder), target)


if __name__ == "__main__":
    main()
