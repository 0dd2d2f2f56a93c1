"""How a catalogue becomes something that can be listed: a schema, and its plans in both shapes."""

from dataclasses import dataclass

from app.http.payload import Plan
from app.queries.query import Catalogue
from app.teamwork.schemas.fields import TeamworkSchema


@dataclass(frozen=True, slots=True)
class Listed:
    """A neighbour that can be listed: where it is read, and how it is shown in either shape."""

    catalogue: Catalogue
    schema: type[TeamworkSchema]
    documented: Plan
    as_live: Plan

    def plan(self, live: bool) -> Plan:
        """The plan of a shape."""
        return self.as_live if live else self.documented


def listed(catalogue: Catalogue, schema: type[TeamworkSchema]) -> Listed:
    """The rows of a catalogue as a schema shows them."""
    keys = {name: facet.key for name, facet in catalogue.facets.items()}
    plans = (Plan(schema(live=live), keys) for live in (False, True))
    return Listed(catalogue, schema, *plans)
