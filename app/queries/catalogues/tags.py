"""Tags: the account's, so everybody knows all of them; and what carries them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, exists, select, true

from app.access import Viewer
from app.models import (
    CompanyTag,
    FileTag,
    ListTag,
    PersonTag,
    ProjectTag,
    Tag,
    TaskTag,
    TimeTag,
)
from app.queries.lookup import Among, Lookup, Statement, listed
from app.queries.query import Catalogue
from app.queries.relationships import columns_of
from app.queries.values import Label

# The columns that name what carries a tag, by the kind of thing.
CARRYING: Mapping[str, Any] = {
    "company": CompanyTag.company_id,
    "file": FileTag.file_id,
    "list": ListTag.list_id,
    "person": PersonTag.person_id,
    "project": ProjectTag.project_id,
    "task": TaskTag.task_id,
    "time": TimeTag.entry_id,
}

TAGS = Catalogue(
    name="Tag",
    source=Tag.__table__,
    columns=columns_of(Tag, "name name_key color"),
    visible=lambda *_: true(),
    ties=("name_key", "id"),
)


def tags_of(kind: str, row_id: int) -> ColumnElement[bool]:
    """Tags that a thing of one of the kinds above carries."""
    owner = CARRYING[kind]
    return exists().where(owner.class_.tag_id == Tag.id, owner == row_id)


def tags_lookup(kind: str) -> Lookup:
    """The tags of things of a kind, by name."""
    owner = CARRYING[kind]

    def tags(among: Among, _: Viewer) -> Statement:
        return (
            select(owner, Tag.id, Tag.name, Tag.color)
            .join(Tag, Tag.id == owner.class_.tag_id)
            .where(among(owner))
            .order_by(owner, Tag.name_key)
        )

    return Lookup(tags, listed(Label))


def tags_named_like(term: str) -> ColumnElement[bool]:
    """Tags whose name contains the text, in any case."""
    return Tag.name_key.contains(term.casefold(), autoescape=True)
