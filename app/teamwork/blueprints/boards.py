"""/boards/columns… and /projects/{id}/boards/columns.json: the board of a project. A card is a
task in a column, and has the task's id.
"""

from typing import Any

from flask import Blueprint, Response, request

from app.errors import Forbidden
from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.json import json_response
from app.http.operations import operation
from app.queries.catalogues.board import CARDS, STATUSES
from app.queries.catalogues.structure import PROJECTS
from app.queries.page import fetch_by_id, require
from app.services.execute import execute
from app.services.logbook_commands import RemoveCard
from app.services.neighbour_commands import DeleteStatus
from app.teamwork import envelope
from app.teamwork.carrying import carried
from app.teamwork.schemas import boards as schemas
from app.teamwork.schemas.listing import Listed
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.views import live, neighbour_list

boards = Blueprint("boards", __name__)

SECTION = "Boards"
NOT_YOURS = "You may not change this task"


@boards.get("/projects/<id:project_id>/boards/columns.json")
@operation(SECTION, options=PAGING, answer={"columns": [schemas.Column]})
def columns_of_project(project_id: int) -> Response:
    """The columns of a project's board, in their order."""
    require(PROJECTS, project_id, current_viewer())
    where = STATUSES.column("project_id") == project_id
    return neighbour_list("columns", schemas.COLUMNS, where)


@boards.post("/projects/<id:project_id>/boards/columns.json")
@operation(
    SECTION, body=schemas.NewColumnBody, wrapper="column", answer={"id": "string"}, status=201
)
def add_column(project_id: int) -> Response:
    """Add a column to a project's board; for managers."""
    require(PROJECTS, project_id, current_viewer())
    return envelope.created(_carried(schemas.add_column(read_object(request), project_id)))


@boards.put("/projects/<id:project_id>/boards/columns/reorder.json")
@operation(SECTION, body=schemas.OrderBody)
def order_columns(project_id: int) -> Response:
    """Put columns first, in the given order; for managers."""
    _carried(schemas.order_columns(read_object(request), project_id))
    return envelope.ok()


@boards.get("/boards/columns/<id:column_id>.json")
@operation(SECTION, answer={"column": schemas.Column})
def retrieve_column(column_id: int) -> Response:
    """One column."""
    return envelope.payload("column", _one(schemas.COLUMNS, column_id))


@boards.put("/boards/columns/<id:column_id>.json")
@operation(SECTION, body=schemas.ColumnBody, wrapper="column")
def edit_column(column_id: int) -> Response:
    """Rename, colour or place a column; for managers."""
    _carried(schemas.edit_column(read_object(request), column_id))
    return envelope.ok()


@boards.delete("/boards/columns/<id:column_id>.json")
@operation(SECTION)
def delete_column(column_id: int) -> Response:
    """Delete a column; its tasks are on no board then. For managers."""
    execute(DeleteStatus(column_id), current_viewer())
    return envelope.ok()


@boards.get("/boards/columns/<id:column_id>/cards.json")
@operation(SECTION, options=PAGING, answer={"cards": [schemas.Card]})
def cards_of_column(column_id: int) -> Response:
    """The cards in a column, in their order."""
    require(STATUSES, column_id, current_viewer())
    where = CARDS.column("status_id") == column_id
    return neighbour_list("cards", schemas.BOARD_CARDS, where)


@boards.post("/boards/columns/<id:column_id>/cards.json")
@operation(
    SECTION,
    body=schemas.CardBody,
    wrapper="card",
    answer={"cardId": "string", "taskId": "string"},
    status=201,
)
def add_card(column_id: int) -> Response:
    """Put a task into a column: `positionAfterId`, beside the card, is -1 for the top, 0 for the
    bottom (the default), or a card's id.
    """
    command = schemas.add_card(read_object(request), column_id)
    _carried(command)
    card = str(command.task_id)
    response = json_response({"cardId": card, "taskId": card, "STATUS": "OK"}, 201)
    response.headers["id"] = card
    return response


@boards.get("/boards/columns/cards/<id:card_id>.json")
@operation(SECTION, answer={"card": schemas.Card})
def retrieve_card(card_id: int) -> Response:
    """One card."""
    return envelope.payload("card", _one(schemas.BOARD_CARDS, card_id))


@boards.put("/boards/columns/cards/<id:card_id>/move.json")
@operation(SECTION, body=schemas.MoveBody)
def move_card(card_id: int) -> Response:
    """Move a card to another column, or to another place in its own."""
    return _moved(card_id)


@boards.put("/boards/columns/cards/<id:card_id>.json")
@operation(SECTION, body=schemas.MoveBody, wrapper="card")
def edit_card(card_id: int) -> Response:
    """Move a card; all else is edited on its task."""
    return _moved(card_id)


@boards.delete("/boards/columns/cards/<id:card_id>.json")
@operation(SECTION)
def delete_card(card_id: int) -> Response:
    """Take a task off the board; the task itself stays."""
    viewer = current_viewer()
    require(CARDS, card_id, viewer)
    execute(RemoveCard(card_id), viewer)
    return envelope.ok()


def _moved(card_id: int) -> Response:
    page = fetch_by_id(CARDS, card_id, ("id", "status_id", "can_edit"), current_viewer())
    _, column_id, may = page.rows[0]
    command = schemas.move_card(read_object(request), card_id, column_id)
    if command is not None:
        _carried(command)
    elif not may:  # no command runs that would say so
        raise Forbidden(NOT_YOURS)
    return envelope.ok()


def _one(what: Listed, row_id: int) -> dict[str, Any]:
    plan = what.plan(live())
    page = fetch_by_id(what.catalogue, row_id, plan.columns, current_viewer(), facets=plan.facets)
    return plan.render(page)[0]


def _carried(command: Any) -> Any:
    viewer = current_viewer()
    return carried(lambda: execute(command, viewer), schemas.SPELLED)
