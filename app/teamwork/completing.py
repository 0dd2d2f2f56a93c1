"""What payloads of projects, lists and people say that depends on the day, the key or an option."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.access import Viewer
from app.queries.structure_facts import Counts, counts_of, members_of_projects

Items = list[dict[str, Any]]

# The parts of a project that clients can be shown; Tandem has those that stand on true.
ACTIVE_PAGES = {
    "tasks": True,
    "milestones": False,
    "messages": False,
    "files": True,
    "time": True,
    "notebooks": False,
    "riskRegister": True,
    "links": False,
    "billing": False,
    "comments": True,
    "board": True,
}


def complete_projects(items: Items, today: date, *, people: bool = False) -> None:
    """Add whether they are late, and the ids of their members if asked for."""
    day = today.isoformat().replace("-", "")
    for item in items:
        item["subStatus"] = _sub_status(item, day)
    if people and items:
        members = members_of_projects(_ids(items))
        for item in items:
            item["people"] = list(map(str, members.get(int(item["id"]), [])))


def _sub_status(item: dict[str, Any], day: str) -> str:
    if item["status"] != "active":
        return "completed"
    return "late" if item["endDate"] and item["endDate"] < day else "current"


def complete_lists(
    items: Items, today: date, viewer: Viewer, *, overdue: bool, completed: bool
) -> None:
    """Add the counts that were asked for."""
    if not items or not (overdue or completed):
        return
    counts = counts_of(_ids(items), today, viewer)
    for item in items:
        found = counts.get(int(item["id"]), Counts())
        if overdue:
            item["overdue-count"] = found.overdue
        if completed:
            item["completed-count"] = found.completed


def complete_people(items: Items) -> None:
    """Add what they may do."""
    for item in items:
        admin = item["administrator"]
        item["permissions"] = {
            "can-add-projects": admin or item["can-add-projects"],
            "can-manage-people": admin,
        }


def _ids(items: Iterable[dict[str, Any]]) -> list[int]:
    return [int(item["id"]) for item in items]
