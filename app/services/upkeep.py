"""What keeps the store quick: statistics for the query planner."""

from sqlalchemy import func, select, text

from app.models import Task
from app.services.work import Work

FEW, MANY = 1000, 50_000


def analyse(work: Work) -> None:
    """Refresh the planner's statistics, all of each index: a sample misleads SQLite."""
    work.run(text("ANALYZE"))


def analyse_at_start(work: Work) -> None:
    """As `analyse` where it is quick and worth it: a tiny store's figures mislead later."""
    if FEW <= int(work.scalar(select(func.count()).select_from(Task))) <= MANY:
        analyse(work)
