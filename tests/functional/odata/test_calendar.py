"""Calendar synchronisation: whether a person has a task in his feed (decision 33)."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.functional.odata.office import Office, unchanged
from tests.odata import OData


def status(office: Office, who: str = "editor", on: str = "task") -> dict[str, Any]:
    """What GetCalendarSyncStatus says."""
    return office.as_(who).one(f"Task({office[on]})/GetCalendarSyncStatus()")


@pytest.mark.covers(
    "odata:GET Task({key})/GetCalendarSyncStatus()",
    "odata:POST Task({key})/EnableCalendarSync",
    "odata:POST Task({key})/DisableCalendarSync",
)
@pytest.mark.decision(24, 33)
def test_on_and_off(office: Office) -> None:
    assert status(office)["IsEnabled"] is False
    for _ in range(2):
        response = office.act("EnableCalendarSync")
        assert (response.status_code, response.data) == (204, b"")
        assert status(office)["IsEnabled"] is True
    assert status(office, on="other")["IsEnabled"] is False
    assert status(office, "worker")["IsEnabled"] is False
    for _ in range(2):
        response = office.act("DisableCalendarSync")
        assert (response.status_code, response.data) == (204, b"")
        assert status(office)["IsEnabled"] is False


@pytest.mark.decision(33)
def test_the_address_of_the_feed(office: Office) -> None:
    members = {"@odata.context", "IsEnabled", "FeedUrl"}
    assert set(status(office)) == members
    office.act("EnableCalendarSync")
    office.act("EnableCalendarSync", who="worker")
    mine, other = status(office)["FeedUrl"], status(office, "worker")["FeedUrl"]
    assert urlsplit(mine).scheme == "http"
    assert mine != other
    assert status(office, on="other")["FeedUrl"] == mine
    for root in ("/api/odata", "/api/v1/odata"):
        client = OData(office.app, office.keys["editor"], root)
        said = client.one(f"Task({office['task']})/GetCalendarSyncStatus()")
        assert said["FeedUrl"] == mine


@pytest.mark.decision(7, 33)
def test_a_viewer_has_a_feed_of_his_own(office: Office) -> None:
    before = office.one()["@odata.etag"]
    assert office.act("EnableCalendarSync", who="viewer").status_code == 204
    assert status(office, "viewer")["IsEnabled"] is True
    assert office.one()["@odata.etag"] == before
    with unchanged():
        assert office.act("EnableCalendarSync", who="reader").status_code == 403
        assert office.act("EnableCalendarSync", who="stranger").status_code == 404
