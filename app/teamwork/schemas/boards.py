"""Board columns and cards: payloads (facts 2.1 "Boards") and request bodies."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Invalid
from app.http.payload import TEXT, JsonType, Plan
from app.queries.catalogues.board import CARDS, STATUSES
from app.queries.query import Catalogue
from app.services.checks import MAX_POSITION
from app.services.commands import UNSET, Unset
from app.services.logbook_commands import AddCard, OrderStatuses
from app.services.neighbour_commands import AddStatus, EditStatus
from app.services.task_commands import MoveOnBoard
from app.teamwork.schemas.fields import (
    Constant,
    CsvIds,
    Flag,
    IdText,
    Plain,
    Priority,
    Stamp,
    TeamworkSchema,
    Ymd,
    hex_color,
)
from app.teamwork.schemas.inputs import (
    MAX_ID,
    REFUSED,
    Id,
    Ids,
    InputField,
    RequestSchema,
    Text,
    Whole,
    envelope,
)
from app.teamwork.schemas.listing import Listed
from app.teamwork.schemas.spellings import whole
from app.teamwork.schemas.task_fields import AssigneeNames, Tags

MAX_NAME = 200
COLOR = re.compile("#?([0-9a-fA-F]{6})")

# Names of the core as these bodies spell them.
SPELLED = {
    "after_id": "positionAfterId",
    "position": "displayOrder",
    "status_ids": "columns",
    "task_id": "taskId",
}


class ColorText(Plain):
    """0xRRGGBB as #RRGGBB, "" for none."""

    json_type: JsonType = TEXT

    def render(self, value: int | None) -> str:
        return hex_color(value)

    def render_all(self, values: Sequence[Any]) -> Sequence[Any]:
        return list(map(hex_color, values))


class Column(TeamworkSchema):
    """A column of a project's board. Ids are strings in both shapes."""

    id = IdText("id", "id")
    name = Plain("name", "name")
    color = ColorText("color", "color")
    display_order = IdText("displayOrder", "position")
    project_id = IdText("projectId", "project_id")
    deleted = Constant("deleted", False)
    created_at = Stamp("dateCreated", "created_at")
    updated_at = Stamp("dateUpdated", "changed_at")


class Card(TeamworkSchema):
    """A card: a task in a column. Both have one id, a string in both shapes."""

    facet_names = frozenset(CARDS.facets)

    id = IdText("id", "id")
    card_id = IdText("cardId", "id")
    task_id = IdText("taskId", "id")
    name = Plain("name", "name")
    task_name = Plain("taskName", "name")
    column_id = IdText("columnId", "status_id")
    column_name = Plain("columnName", "status.name", absent="")
    display_order = IdText("displayOrder", "card_position")
    status = Plain("status", "state")
    deleted = Constant("deleted", False)
    completed = Flag("completed", "is_done")
    progress = IdText("progress", "progress")
    priority = Priority("priority", "priority")
    start_date = Ymd("startDate", "start_on")
    due_date = Ymd("dueDate", "due_on")
    project_id = IdText("projectId", "project_id")
    project_name = Plain("projectName", "project.name", absent="")
    list_id = IdText("tasklistId", "list_id")
    list_name = Plain("tasklistName", "list.name", absent="")
    assigned_ids = CsvIds("responsible-party-ids", "assignees", absent="")
    assigned_names = AssigneeNames("responsible-party-names", "assignees", absent="")
    tags = Tags("tags", "tags", absent=[])
    created_at = Stamp("dateCreated", "created_at")
    updated_at = Stamp("dateUpdated", "changed_at")
    can_edit = Flag("canEdit", "can_edit")


def _shown(catalogue: Catalogue, schema: type[TeamworkSchema]) -> Listed:
    keys = {name: facet.key for name, facet in catalogue.facets.items()}
    plans = (Plan(schema(live=live), keys) for live in (False, True))
    return Listed(catalogue, schema, *plans)


COLUMNS = _shown(STATUSES, Column)
BOARD_CARDS = _shown(CARDS, Card)


class Color(InputField):
    """A colour as #RRGGBB."""

    expected = "a colour as #RRGGBB"
    json_type: Mapping[str, Any] = {"type": "string", "examples": ["#99DF72"]}

    def parse(self, value: Any) -> int:
        found = COLOR.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None:
            raise ValueError
        return int(found[1], 16)


class ColumnBody(RequestSchema):
    """A column to change."""

    name = Text(MAX_NAME, cleared=REFUSED)
    color = Color(cleared=None)
    position = Whole(-MAX_POSITION, MAX_POSITION, data_key="displayOrder")


class NewColumnBody(ColumnBody):
    """A column to add; the last one unless `displayOrder` says."""

    name = Text(MAX_NAME, cleared=REFUSED, required=True)


class CardPlace(Whole):
    """positionAfterId: -1 top, 0 bottom, else a card's id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(-1, MAX_ID, **options)
        self.expected = "-1, 0 or a card's id"

    def parse(self, value: Any) -> Any:
        return super().parse(value) or None


class CardBody(RequestSchema):
    """A task to put on the board."""

    task_id = Id(data_key="taskId", cleared=REFUSED, required=True)


class PlaceBody(RequestSchema):
    """Where a card goes; last unless said."""

    after_id = CardPlace(data_key="positionAfterId")


class MoveBody(PlaceBody):
    """Where a card moves to: another column, or another place in its own."""

    card_id = Id(data_key="cardId")
    status_id = Id(data_key="columnId")


class OrderBody(RequestSchema):
    """Columns in their new order: ids, or objects with an id. Without any, nothing changes."""

    columns = Ids()


def add_column(body: Mapping[str, Any], project_id: int) -> AddStatus:
    """POST /projects/{id}/boards/columns.json. Raises Invalid."""
    return AddStatus(project_id=project_id, **NewColumnBody.read(envelope(body, "column")))


def edit_column(body: Mapping[str, Any], status_id: int) -> EditStatus:
    """PUT /boards/columns/{id}.json. Raises Invalid."""
    return EditStatus(status_id=status_id, **ColumnBody.read(envelope(body, "column")))


def add_card(body: Mapping[str, Any], status_id: int) -> AddCard:
    """POST /boards/columns/{id}/cards.json; `positionAfterId` stands beside the card, or in it.
    Raises Invalid.
    """
    inner = envelope(body, "card")
    place = PlaceBody.read({**inner, **body})
    return AddCard(status_id, **CardBody.read(inner), **place)


def move_card(body: Mapping[str, Any], card_id: int, status_id: int) -> MoveOnBoard | None:
    """PUT …/move.json, and the card itself: its members may stand in a `card`. None when nothing
    is to move. Raises Invalid.
    """
    inner = body.get("card")
    values = MoveBody.read({**body, **inner} if isinstance(inner, Mapping) else body)
    if values.pop("card_id", card_id) != card_id:
        raise Invalid({"cardId": "is not the card of the URL"})
    if not values:
        return None
    after: int | None | Unset = values.get("after_id", UNSET)
    return MoveOnBoard(
        card_id,
        values.get("status_id", status_id),
        None if isinstance(after, Unset) else after,
    )


def order_columns(body: Mapping[str, Any], project_id: int) -> OrderStatuses:
    """PUT /projects/{id}/boards/columns/reorder.json. Raises Invalid."""
    listed = body.get("columns")
    if isinstance(listed, list):
        listed = [_id_of(each) for each in listed]
    return OrderStatuses(project_id, OrderBody.read({"columns": listed}).get("columns", ()))


def _id_of(each: Any) -> Any:
    """The id of a column that is an id, {"id": …} or {"column": {"id": …}}. Raises Invalid."""
    inner = each.get("column", each) if isinstance(each, Mapping) else {"id": each}
    found = inner.get("id") if isinstance(inner, Mapping) else None
    try:
        return whole(found)
    except ValueError:
        raise Invalid({"columns": "must be ids of columns"}) from None
