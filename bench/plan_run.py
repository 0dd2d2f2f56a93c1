"""The very SQL of a list request: its plan, and how long its page and its count take."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from sqlalchemy import Connection, event

from app.access import Viewer
from app.extensions import db
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_page
from app.queries.query import Query
from app.teamwork.filters import Today, parse_completed, parse_task_list
from app.teamwork.schemas import todo_item
from bench.plan_cases import Case, Sample

AGAIN_BELOW = 0.5
TIMES = 3
Statement = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of a page are found. `sorts`: they are sorted before the page is cut off."""

    access: str
    sorts: bool

    def __str__(self) -> str:
        return f"{self.access}{', sorts' if self.sorts else ''}"


@dataclass(frozen=True, slots=True)
class Look:
    """One case for one viewer, in milliseconds."""

    plan: Plan
    page_ms: float
    count_ms: float | None
    rows: int | None


def look(case: Case, viewer: Viewer, sample: Sample, today: Today) -> Look:
    """Read a case's page once, then time and explain the statements that this took."""
    query = replace(_query(case, sample, today), facets=(), counted=case.counted)
    with _captured() as statements:
        fetch_page(query, viewer)
    counts = [each for each in statements if each[0].startswith("SELECT count(")]
    sql, parameters = next(each for each in reversed(statements) if each not in counts)
    with db.engine.connect() as connection:

        def rows(statement: Statement) -> Any:
            return connection.exec_driver_sql(*statement).all()

        page_ms, _ = _timed(lambda: rows((sql, parameters)))
        count_ms, found = _timed(lambda: rows(counts[0])) if counts else (None, [[None]])
        return Look(explain(connection, sql, parameters), page_ms, count_ms, found[0][0])


def _query(case: Case, sample: Sample, today: Today) -> Query:
    def plan(files: bool) -> Any:
        return todo_item.plan(live=False, files=files)

    if case.completed_list:
        return parse_completed(dict(case.args), today, plan).query
    scopes: dict[str, Any] = {
        "all": None,
        "project": TASKS.column("project_id") == sample.project,
        "list": TASKS.column("list_id") == sample.list,
    }
    return parse_task_list(dict(case.args), scopes[case.scope], today, plan).query


def _timed(work: Any) -> tuple[float, Any]:
    """The median of three runs after one that warms up; only the first where that is slow."""
    times: list[float] = []
    result: Any = None
    for _ in range(1 + TIMES):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
        if times[0] >= AGAIN_BELOW:
            break
    return median(times[1:] or times) * 1000, result


@contextmanager
def _captured() -> Iterator[list[Statement]]:
    """Every statement as the driver gets it."""
    seen: list[Statement] = []

    def take(_c: Any, _cursor: Any, sql: str, parameters: Any, *_rest: Any) -> None:
        if sql.startswith(("SELECT", "WITH")):
            seen.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", take)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", take)


def explain(connection: Connection, sql: str, parameters: Any) -> Plan:
    """The plan of a statement, as far as it reaches the table of tasks."""
    if connection.dialect.name == "postgresql":
        answer = connection.exec_driver_sql("EXPLAIN (FORMAT JSON) " + sql, parameters).scalar_one()
        return _of_postgresql(answer if isinstance(answer, list) else json.loads(answer))
    answer = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, parameters).all()
    return _of_sqlite([(row[0], row[1], row[3]) for row in answer])


def _of_sqlite(lines: list[tuple[int, int, str]]) -> Plan:
    """Lines are (id, parent, detail); those of sub-selects stand under another line."""
    alternatives = {number for number, _, detail in lines if detail == "MULTI-INDEX OR"}
    alternatives |= {number for number, parent, _ in lines if parent in alternatives}
    found: list[str] = []
    sorts = False
    for _, parent, detail in lines:
        if parent and parent not in alternatives:
            continue
        words = detail.split()
        if words[0] in ("SCAN", "SEARCH") and words[1] == "task":
            found.append(_sqlite_access(words))
        sorts |= "USE TEMP B-TREE FOR" in detail and "ORDER BY" in detail
    return Plan(" + ".join(dict.fromkeys(found)) or "?", sorts)


def _sqlite_access(words: list[str]) -> str:
    verb = words[0].lower()
    if "INDEX" in words:
        return f"{verb} {words[words.index('INDEX') + 1]}"
    return f"{verb} by id" if "PRIMARY" in words else "scan whole table"


def _of_postgresql(answer: list[dict[str, Any]]) -> Plan:
    found: list[str] = []
    sorts = False
    waiting = [answer[0]["Plan"]]
    while waiting:
        node = waiting.pop(0)
        if node.get("Parent Relationship") in ("SubPlan", "InitPlan"):
            continue
        sorts |= node["Node Type"] in ("Sort", "Incremental Sort")
        if "Index Name" in node and "task" in node.get("Relation Name", node["Index Name"]):
            found.append(f"{'search' if 'Index Cond' in node else 'scan'} {node['Index Name']}")
        elif node["Node Type"].endswith("Seq Scan") and node["Relation Name"] == "task":
            found.append("scan whole table")
        waiting = node.get("Plans", []) + waiting
    return Plan(" + ".join(dict.fromkeys(found)) or "?", sorts)
