"""What tells a cache that something changed. Database triggers keep these rows and `task.stamp`
(migration 0003), so that no way of writing can forget them.
"""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Link

NAMES, RIGHTS = "names", "rights"


class Epoch(Link):
    """Another value whenever a name that many payloads show changes (`names`), or who may see what
    (`rights`). No row: nothing of the kind happened yet.
    """

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)


class ListEpoch(Link):
    """Another value whenever a task of the list changes, is added or leaves it. No foreign key: a
    trigger may write it while the list itself is being removed.
    """

    list_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger, default=0)
