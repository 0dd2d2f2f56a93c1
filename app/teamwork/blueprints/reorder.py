"""/tasklists/{id}/tasks/reorder.json."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.services.execute import execute
from app.teamwork import envelope
from app.teamwork.schemas import requests

reorder = Blueprint("reorder", __name__)


@reorder.put("/tasklists/<id:list_id>/tasks/reorder.json")
@operation("Reorder the tasks", body=requests.OrderedItem, wrapper="todo-items[].todo-item")
def reorder_tasks(list_id: int) -> Response:
    """Put the named open tasks first, in the given order; `{}` changes nothing."""
    execute(requests.reorder(read_object(request), list_id), current_viewer())
    return envelope.ok()
