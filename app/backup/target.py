"""A file that is there whole or not at all, for its owner's eyes only."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from app.errors import Conflict


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to be written. It gets its name when it is complete and on the disk, in place of one
    that had the name before; mode 0600. What fails leaves nothing.
    Raises Conflict when the name is that of a device or the like.
    """
    if path.exists() and not path.is_file():
        raise Conflict(f"{path} is not a file")
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as target:
        try:
            yield cast(BinaryIO, target)
            target.flush()
            os.fsync(target.fileno())
            os.replace(target.name, path)
        except BaseException:
            Path(target.name).unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
