"""What keeps the store quick: statistics for the query planner."""

from sqlalchemy import text

from app.services.work import Work


def analyse(work: Work) -> None:
    """Refresh the planner's statistics; SQLite looks at a sample of each index (analysis_limit)."""
    work.run(text("ANALYZE"))
