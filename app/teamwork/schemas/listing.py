"""How a catalogue becomes something that can be listed: a schema, and its plans in both shapes."""

from app.http.payload import Plan
from app.queries.query import Catalogue
from app.teamwork.schemas.fields import TeamworkSchema
from app.teamwork.schemas.neighbours import Listed


def listed(catalogue: Catalogue, schema: type[TeamworkSchema]) -> Listed:
    """The rows of a catalogue as a schema shows them."""
    keys = {name: facet.key for name, facet in catalogue.facets.items()}
    plans = (Plan(schema(live=live), keys) for live in (False, True))
    return Listed(catalogue, schema, *plans)
