"""What keeps the store quick: statistics for the query planner."""

from secrets import randbits

from sqlalchemy import delete, func, insert, select, text

from app.models import Epoch, ListEpoch, Task, TaskList
from app.models.epochs import NAMES, RIGHTS
from app.services.work import Work

FEW, MANY = 1000, 50_000
BITS = 62  # of an epoch: random, as those that the triggers write


def analyse(work: Work) -> None:
    """Refresh the planner's statistics, all of each index: a sample misleads SQLite."""
    work.run(text("ANALYZE"))


def analyse_at_start(work: Work) -> None:
    """As `analyse` where it is quick and worth it: a tiny store's figures mislead later."""
    if FEW <= int(work.scalar(select(func.count()).select_from(Task))) <= MANY:
        analyse(work)


def renew_epochs(work: Work) -> None:
    """Tell every cache that anything may have changed: after a load that kept the triggers out."""
    work.run(delete(Epoch))
    work.run(delete(ListEpoch))
    names = [{"name": name, "value": randbits(BITS)} for name in (NAMES, RIGHTS)]
    work.connection.execute(insert(Epoch), names)
    lists = [{"list_id": each, "value": randbits(BITS)} for each in work.ids(select(TaskList.id))]
    if lists:
        work.connection.execute(insert(ListEpoch), lists)
