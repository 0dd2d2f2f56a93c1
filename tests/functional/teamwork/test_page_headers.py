"""Every list says which page it is, how many there are, and how many rows."""

from typing import Final

import pytest

from tests.functional.teamwork.matrix.rows import Row
from tests.functional.teamwork.matrix.scene import Scene
from tests.functional.teamwork.matrix.stage import scene
from tests.functional.teamwork.test_matrix import ROUTES

__all__ = ["scene"]  # the fixture that these tests run on

HEADERS: Final = ("X-Page", "X-Pages", "X-Records")
ONE: Final = "one thing"
TOTALS: Final = "sums: a fixed number of members"
WHOLE: Final = "a set that belongs to one task and is shown whole, as documented"
# What is read and is no list, and why.
NO_LISTS: Final = {
    "/account.json": ONE,
    "/authenticate.json": ONE,
    "/me.json": ONE,
    "/boards/columns/<id:column_id>.json": ONE,
    "/boards/columns/cards/<id:card_id>.json": ONE,
    "/comments/<id:comment_id>.json": ONE,
    "/companies/<id:company_id>.json": ONE,
    "/files/<id:file_id>.json": ONE,
    "/files/<id:file_id>/download": "bytes",
    "/lockdown/<id:lockdown_id>.json": ONE,
    "/pendingfiles/presignedurl.json": ONE,
    "/people/<id:person_id>.json": ONE,
    "/people/apikeys.json": "for administrators: all keys at once, as the client asks",
    "/people/<id:person_id>/loggedtime.json": "every day of one month",
    "/projectcategories/<id:category_id>.json": ONE,
    "/projects/<id:project_id>.json": ONE,
    "/projects/<id:project_id>/people/<id:person_id>.json": ONE,
    "/projects/<id:project_id>/time/total.json": TOTALS,
    "/search.json": "says moreAvailable instead: hits are not counted",
    "/tags/<id:tag_id>.json": ONE,
    "/tasklists/<id:list_id>.json": ONE,
    "/tasklists/<id:list_id>/time/total.json": TOTALS,
    "/tasks/<id:task_id>.json": ONE,
    "/tasks/<id:task_id>/dependencies.json": WHOLE,
    "/tasks/<id:task_id>/followers.json": WHOLE,
    "/tasks/<id:task_id>/predecessors.json": WHOLE,
    "/tasks/<id:task_id>/recurring.json": WHOLE,
    "/tasks/<id:task_id>/time/total.json": TOTALS,
    "/time/total.json": TOTALS,
    "/time_entries/<id:entry_id>.json": ONE,
    "/webhooks/<id:webhook_id>.json": ONE,
}
FOR_ADMINISTRATORS: Final = {"/audit.json"}
LISTS: Final = [row for row in ROUTES if row.method == "GET" and row.rule not in NO_LISTS]


@pytest.mark.parametrize("row", LISTS, ids=[row.rule for row in LISTS])
def test_every_list_has_page_headers(scene: Scene, row: Row) -> None:
    caller = "administrator" if row.rule in FOR_ADMINISTRATORS else "editor"
    response = row.call(scene, caller, row.ids(scene, row.usual))
    assert response.status_code == 200, response.text
    sent = {name: response.headers.get(name, "") for name in HEADERS}
    assert all(value.isdigit() for value in sent.values()), sent
    past = row.call(scene, caller, row.ids(scene, row.usual), options={"page": "999"})
    assert (past.status_code, past.headers["X-Page"]) == (200, "999")
    assert past.headers["X-Records"] == sent["X-Records"]


def test_the_table_names_routes_that_are() -> None:
    served = {row.rule for row in ROUTES if row.method == "GET"}
    assert NO_LISTS.keys() <= served
