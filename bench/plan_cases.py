"""The list requests whose queries are looked at: every filter, sort and option, in every scope."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.teamwork.filters import FILTERS, SORTS

# Documented words first, then the others that are taken.
SORT_WORDS = tuple(word for word in SORTS if not word.endswith("asc"))
SCOPES = ("all", "project", "list")


@dataclass(frozen=True, slots=True)
class Case:
    """A list request: the group it is shown in, its query string, its scope."""

    group: str
    args: tuple[tuple[str, str], ...]
    scope: str = "all"
    counted: bool = True
    completed_list: bool = False

    @property
    def label(self) -> str:
        """The query string as a reader writes it."""
        return "&".join(f"{name}={value}" for name, value in self.args) or "(none)"


@dataclass(frozen=True, slots=True)
class Sample:
    """Ids that the cases name, from the store."""

    project: int
    list: int
    person: int
    tag: int


def all_cases(sample: Sample, today: date) -> Iterator[Case]:
    """Filters and sorts by themselves in every scope, options, and each filter with each sort."""
    for scope in SCOPES:
        for word in FILTERS:
            yield Case("filter", (("filter", word),), scope)
    for scope in SCOPES:
        for word in SORT_WORDS:
            yield Case("sort", (("sort", word),), scope)
    for scope in SCOPES:
        for args in _options(sample, today):
            yield Case("option", args, scope)
    yield from _completed(today)
    for word in FILTERS:
        for sort in SORT_WORDS:
            yield Case("both", (("filter", word), ("sort", sort)), counted=False)


def _options(sample: Sample, today: date) -> Iterator[tuple[tuple[str, str], ...]]:
    yesterday, month = today - timedelta(1), today - timedelta(30)
    yield (("creator-ids", str(sample.person)),)
    yield (("tag-ids", str(sample.tag)),)
    for people in (str(sample.person), "-1", "0"):
        yield (("responsible-party-ids", people),)
    yield (("projectIds", str(sample.project)),)
    for day in (yesterday, month):
        yield (("updatedAfterDate", f"{day:%Y%m%d}000000"),)
    yield (("updatedAfterDate", f"{yesterday:%Y%m%d}000000"), ("sort", "dateupdated"))
    for day in (yesterday, month):
        yield (("completedAfterDate", f"{day:%Y%m%d}000000"),)
    yield (("completedAfterDate", f"{month:%Y%m%d}000000"), ("sort", "completeddate"))
    yield (("showDeleted", "yes"),)
    yield (("includeCompletedTasks", "yes"),)
    yield (("includeCompletedSubtasks", "yes"),)
    yield (("includeCompletedTasks", "yes"), ("includeCompletedSubtasks", "yes"))
    span = (("startdate", f"{today:%Y%m%d}"), ("enddate", f"{today + timedelta(7):%Y%m%d}"))
    yield span
    yield (*span, ("ignore-start-dates", "true"))
    yield (("filter", "within7"), ("ignore-start-dates", "false"))
    yield (("filter", "today"), ("include", "overdue,noduedate"))
    yield (("getSubTasks", "no"),)
    yield (("includeTasksWithoutDueDates", "no"),)
    yield (("includeArchivedProjects", "yes"),)
    yield (("page", "40"),)


def _completed(today: date) -> Iterator[Case]:
    yield Case("completedtasks.json", (), completed_list=True)
    first = f"{today - timedelta(7):%Y%m%d}"
    yield Case("completedtasks.json", (("startdate", first),), completed_list=True)
