"""Aliases of paths (decisions 12, 13)."""

import pytest

from app.teamwork.paths import normalise


@pytest.mark.decision(13)
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/tasks.json", "/tasks.json"),
        ("//tasks.json", "/tasks.json"),
        ("///Projects//API/v1/Tasks/1.json", "/tasks/1.json"),
        ("/todo_items/7/time_entries.json", "/tasks/7/time_entries.json"),
        ("/projects/1/todo_lists.json", "/projects/1/tasklists.json"),
        ("/tasklist/1/copy.json", "/tasklists/1/copy.json"),
        ("/companys/1/tags.json", "/companies/1/tags.json"),
        ("/companysold.json", "/companysold.json"),
        ("/Users/1/Tags.json", "/people/1/tags.json"),
        ("/users/1.json", "/users/1.json"),
        ("/todo_items_old.json", "/todo_items_old.json"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_normalise(path: str, expected: str) -> None:
    assert normalise(path) == expected
