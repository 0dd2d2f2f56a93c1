"""Removing uploads that nobody attached, and bytes that no row names (any more).

The rows go first, in a transaction; then the bytes that were last saved before the instant and that
neither an upload nor a file nor a version of one names. What is saved again meanwhile stays.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, Protocol

from sqlalchemy import and_, delete, func, or_, select, union_all

from app.models import File, FileVersion, PendingFile
from app.services.execute import maintain
from app.services.files import WAITING
from app.services.statements import Look, among_texts_bound
from app.services.work import Work

BATCH = 500
DAY = timedelta(days=1)
HOLDERS = (PendingFile, File, FileVersion)


class Bytes(Protocol):
    """What is asked of the place where bytes are kept (app.storage.Files)."""

    def older(self, before: datetime) -> Iterator[str]:
        """The digests of what was last saved before an instant."""

    def remove(self, digest: str, before: datetime) -> int:
        """Remove bytes, unless they were saved again since; gives how many there were."""


class Purged(NamedTuple):
    """How many uploads were forgotten, and how much was removed: contents, and bytes of them."""

    uploads: int
    contents: int
    size: int


def purge_files(kept: Bytes, before: datetime) -> Purged:
    """Remove what waits since before an instant, and bytes that nothing names. `before` has to be
    so long ago that no upload of then is still going on: a day.
    """
    uploads = maintain(lambda work: _forget(work, before))
    contents = size = 0
    old = kept.older(before)
    while digests := list(islice(old, BATCH)):
        named = maintain(partial(_named, digests=digests))
        for digest in digests:
            if digest not in named:
                contents += 1
                size += kept.remove(digest, before)
    return Purged(uploads, contents, size)


def _forget(work: Work, before: datetime) -> int:
    # One that still waits for its bytes waits in vain after a while.
    vain = and_(PendingFile.digest == WAITING, PendingFile.created_at < work.now - DAY)
    old = or_(PendingFile.created_at < before, vain)
    number = int(work.scalar(select(func.count()).select_from(PendingFile).where(old)))
    work.run(delete(PendingFile).where(old))
    return number


def _named(work: Work, digests: list[str]) -> set[Any]:
    return set(work.ids(_NAMED, texts=digests))


_NAMED = Look(
    lambda engine, _: union_all(
        *(select(each.digest).where(among_texts_bound(engine)(each.digest)) for each in HOLDERS)
    )
)
