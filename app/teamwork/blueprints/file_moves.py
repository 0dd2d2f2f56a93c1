"""/files/{id}/move.json and /files/{id}/copy.json: files that go to other projects."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.services.execute import execute
from app.teamwork import envelope
from app.teamwork.schemas import structure_requests as bodies

file_moves = Blueprint("file_moves", __name__)

SECTION = "Files"


@file_moves.put("/files/<id:file_id>/move.json")
@operation(SECTION, body=bodies.FileTargetBody)
def move_file(file_id: int) -> Response:
    """Move a file with its versions into another project. Tasks and comments of other projects
    carry it no more.
    """
    execute(bodies.move_file(read_object(request), file_id), current_viewer())
    return envelope.ok()


@file_moves.put("/files/<id:file_id>/copy.json")
@operation(SECTION, body=bodies.FileTargetBody, answer={"id": "string"})
def copy_file(file_id: int) -> Response:
    """Copy the present version of a file, with its description and tags, into a project."""
    made = execute(bodies.copy_file(read_object(request), file_id), current_viewer())
    return envelope.ok(id=str(made))
