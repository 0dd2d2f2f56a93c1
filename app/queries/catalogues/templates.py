"""Templates, shared by the whole account. Their bodies are read by the command that loads them."""

from app.access import visible_template
from app.models import Person, Template
from app.queries.query import Catalogue
from app.queries.relationships import by_key, columns_of, to_one, value_at

TEMPLATE = Template.__table__.c

TEMPLATES = Catalogue(
    name="Template",
    source=Template.__table__,
    columns={
        **columns_of(Template, "name creator_id"),
        "creator_uid": value_at(Person, TEMPLATE.creator_id, "uid"),
    },
    visible=lambda viewer, _: visible_template(viewer),
    references={"creator_uid": by_key("creator_id", Person)},
    links={"creator": to_one("Person", "creator_id")},
    searched=("name",),
)
