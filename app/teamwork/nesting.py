"""Subtasks under `subTasks` of their parents (decision 18)."""

from typing import Any

from app.queries.query import Page


def nest(items: list[dict[str, Any]], page: Page) -> list[dict[str, Any]]:
    """The items of a page as trees: an item whose parent is in the answer stands under it only."""
    ids, parents = page.column("id"), page.column("parent_id")
    by_id = dict(zip(ids, items, strict=True))
    for item in items:
        item["subTasks"] = []
    below = [parent in by_id for parent in parents]
    order = sorted(range(len(items)), key=_place(page))
    for number in order:
        if below[number]:
            by_id[parents[number]]["subTasks"].append(items[number])
    return [items[number] for number in range(page.own) if not below[number]]


def _place(page: Page) -> Any:
    """Children stand in the order of their list, whatever the order of the page."""
    positions, ids = page.column("position"), page.column("id")
    return lambda number: (positions[number], ids[number])
