"""/people/{id}/loggedtime.json: what a person has logged, day by day."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.operations import operation
from app.queries.catalogues.structure import PEOPLE
from app.queries.logged_days import logged_days
from app.queries.page import fetch_by_id
from app.teamwork import envelope
from app.teamwork.options import Option, one_id, read_options
from app.teamwork.schemas.spellings import whole
from app.teamwork.views import today_of

logged_time = Blueprint("logged_time", __name__)

SECTION = "Time"


def _whole(name: str, low: int, high: int, about: str) -> Option:
    """A whole number within bounds; without it the present one counts."""

    def read(text: str) -> int:
        value = whole(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return Option(name, read, f"a whole number from {low} to {high}", None, about)


MONTH = (
    _whole("m", 1, 12, "the month; the present one if left out"),
    _whole("y", 2, 9998, "the year; the present one if left out"),
    one_id("projectId", "only time in this project"),
)


@logged_time.get("/people/<id:person_id>/loggedtime.json")
@operation(SECTION, options=MONTH, answer={"user": "object"})
def logged_by_person(person_id: int) -> Response:
    """The time that a person has logged on each day of a month, as far as one sees it: the
    milliseconds since 1970 at which the day begins in UTC, hours, minutes.
    """
    viewer = current_viewer()
    asked = read_options(MONTH, request.args)
    page = fetch_by_id(PEOPLE, person_id, ("id", "first_name", "last_name"), viewer)
    _, first_name, last_name = page.rows[0]
    today = today_of(viewer).date
    first = date(asked["y"] or today.year, asked["m"] or today.month, 1)
    days = logged_days(person_id, first, asked["projectId"], viewer)
    user = {
        "id": str(person_id),
        "firstname": first_name,
        "lastname": last_name,
        "startepoch": _epoch(days[0].day),
        "endepoch": _epoch(days[-1].day),
        "billable": _series((each.day, each.billable) for each in days),
        "nonbillable": _series((each.day, each.other) for each in days),
    }
    return envelope.payload("user", user)


def _series(days: Iterable[tuple[date, int]]) -> list[list[str]]:
    return [[_epoch(day), f"{minutes / 60:.2f}", str(minutes)] for day, minutes in days]


def _epoch(day: date) -> str:
    return str(round(datetime.combine(day, time(), tzinfo=UTC).timestamp()) * 1000)
