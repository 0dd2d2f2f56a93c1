"""Tasks as their predecessors and dependents list them ("Retrieve Task Dependencies"; facts
1.10).
"""

from functools import cache

from app.http.payload import Plan
from app.queries.catalogues.tasks import TASKS
from app.teamwork.schemas.fields import Constant, CsvIds, IdText, Plain, TeamworkSchema
from app.teamwork.schemas.task_fields import AssigneeNames, AssigneeSummary
from app.teamwork.schemas.todo_item import facet_keys


class Related(TeamworkSchema):
    """A task that relies on another, or that another relies on; all members are strings.

    `predecessorMust` is what the predecessor must be ("start" or "complete") for the dependent to
    be completed; strong is the only hardness there is.
    """

    facet_names = frozenset(TASKS.facets)

    id = IdText("id", "id")
    name = Plain("name", "name")
    project_id = IdText("projectId", "project_id")
    responsible_id = CsvIds("responsible-party-id", "assignees", absent="")
    responsible_names = AssigneeNames("responsible-party-names", "assignees", absent="Anyone")
    responsible_summary = AssigneeSummary("responsible-party-summary", "assignees", absent="Anyone")
    predecessor_must = Plain("predecessorMust", "type")
    dependent_cant = Constant("dependentCant", "complete")
    hardness = Constant("hardness", "strong")


@cache
def plan(*, live: bool) -> Plan:
    """The plan compiled from the schema, once."""
    return Plan(Related(live=live), facet_keys())
