"""Members of a task's payload that take more than a column: people, predecessors, tags, files."""

from collections.abc import Sequence
from typing import Any

from app.http.payload import TEXT, JsonType, array_of, object_of
from app.queries.values import Assignee, Attachment, Dependents, Label, TaskName, Waiting
from app.teamwork.schemas.fields import (
    DIGITS,
    NUMBER,
    ShapedField,
    hex_color,
)

LABEL = object_of(id=NUMBER, name=TEXT, color=TEXT)


def _attachment(number: JsonType) -> JsonType:
    return object_of(
        id=number,
        fileId=number,
        name=TEXT,
        filename=TEXT,
        size=DIGITS,
        version=DIGITS,
        categoryId=number,
        categoryName=TEXT,
    )


def short_name(person: Assignee) -> str:
    """ "Demo U.": the first name and the initial of the last, if there is one."""
    initial = f" {person.last_name[:1]}." if person.last_name else ""
    return f"{person.first_name}{initial}".strip()


def full_name(person: Assignee) -> str:
    """First and last name."""
    return f"{person.first_name} {person.last_name}".strip()


class AssigneeNames(ShapedField):
    """All names, joined with a bar: short as documented, full from the live service."""

    json_type = TEXT

    def render(self, value: Sequence[Assignee]) -> str:
        return "|".join(map(full_name if self.live else short_name, value))


class AssigneeSummary(ShapedField):
    """One name, two joined with &, or the first and how many others; live says "You" to oneself."""

    json_type = TEXT

    @property
    def personal(self) -> bool:
        """Only the live shape tells the viewer from others."""
        return self.live

    def render(self, value: Sequence[Assignee]) -> str:
        first, *others = value
        if not others:
            return self._name(first)
        if len(others) == 1:
            return f"{self._name(first)} & {self._name(others[0])}"
        return f"{self._name(first)} + {len(others)} others"

    def _name(self, person: Assignee) -> str:
        return "You" if self.live and person.is_viewer else short_name(person)


class FirstAssignee(ShapedField):
    """A fact about the contact, who is the first assignee."""

    json_type = TEXT

    def __init__(self, data_key: str, member: str) -> None:
        super().__init__(data_key, "assignees")
        self._member = member

    def render(self, value: Sequence[Assignee]) -> Any:
        return getattr(value[0], self._member)


class AssigneeType(ShapedField):
    """What can be assigned: people only."""

    json_type: JsonType = {"const": "Person"}

    def render(self, value: Sequence[Assignee]) -> str:
        return "Person"


class Predecessors(ShapedField):
    """What the task waits for."""

    json_type = array_of(object_of(id=DIGITS, type=TEXT))
    live_type = array_of(object_of(id=NUMBER, type=TEXT, name=TEXT))

    def render(self, value: Sequence[Waiting]) -> list[dict[str, Any]]:
        if self.live:
            return [{"id": each.id, "type": each.type, "name": each.name} for each in value]
        return [{"id": str(each.id), "type": each.type} for each in value]


class PredecessorCount(ShapedField):
    """How many tasks this one waits for, as documented."""

    json_type = DIGITS

    def render(self, value: Sequence[Waiting]) -> Any:
        return str(len(value))


class DependentCount(ShapedField):
    """How many tasks wait for this one, as documented."""

    json_type = DIGITS

    def render(self, value: Dependents) -> Any:
        return str(value.total)


class LiveWaits(ShapedField):
    """The live service's has-dependencies: 0 waits for nothing, 1 may start, 2 blocked."""

    json_type: JsonType = {"type": "integer", "enum": [0, 1, 2]}

    def render(self, value: Sequence[Waiting]) -> int:
        return 1 if all(each.met for each in value) else 2


class LiveHolds(ShapedField):
    """The live service's has-predecessors: 0 nothing waits for it, 1 not held up by it, 2 held
    up.
    """

    json_type: JsonType = {"type": "integer", "enum": [0, 1, 2]}

    def render(self, value: Dependents) -> int:
        return 2 if value.blocked else 1


class Tags(ShapedField):
    """Tags with numeric ids in both shapes."""

    json_type = array_of(LABEL)

    def render(self, value: Sequence[Label]) -> list[dict[str, Any]]:
        return [label(each) for each in value]


class BoardColumn(ShapedField):
    """The board column: in an array as printed, the bare object from the live service."""

    json_type = array_of(LABEL)
    live_type = LABEL

    def render(self, value: Label) -> Any:
        return label(value) if self.live else [label(value)]


class ParentTask(ShapedField):
    """The parent's name and id."""

    json_type = object_of(content=TEXT, id=DIGITS)

    def render(self, value: TaskName) -> dict[str, str]:
        return {"content": value.name, "id": str(value.id)}


class Attachments(ShapedField):
    """The files on the task."""

    json_type = array_of(_attachment(DIGITS))
    live_type = array_of(_attachment(NUMBER))

    def render(self, value: Sequence[Attachment]) -> list[dict[str, Any]]:
        def number(each: int) -> Any:
            return each if self.live else str(each)

        return [
            {
                "id": number(each.id),
                "fileId": number(each.id),
                "name": each.name,
                "filename": each.name,
                "size": str(each.size),
                "version": str(each.revision),
                "categoryId": number(0),
                "categoryName": "",
            }
            for each in value
        ]


def label(each: Label) -> dict[str, Any]:
    """A tag or column as an object."""
    return {"id": each.id, "name": each.name, "color": hex_color(each.color)}
