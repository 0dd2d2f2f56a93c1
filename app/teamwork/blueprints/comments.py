"""/tasks/{id}/comments.json and /comments/{id}…: what people say of tasks."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.comments import COMMENTS
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_by_id, require
from app.services.execute import execute
from app.services.talk_commands import ReadComment
from app.services.task_commands import DeleteNote
from app.teamwork import envelope
from app.teamwork.schemas import comments as schemas
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.views import live, neighbour_list

comments = Blueprint("comments", __name__)

SECTION = "Comments"


@comments.get("/tasks/<id:task_id>/comments.json")
@operation(SECTION, options=PAGING, answer={"comments": [schemas.Comment]})
def comments_of_task(task_id: int) -> Response:
    """The comments on a task, the oldest first. To list them marks none as read."""
    require(TASKS, task_id, current_viewer())
    return neighbour_list("comments", schemas.COMMENT, COMMENTS.column("task_id") == task_id)


@comments.post("/tasks/<id:task_id>/comments.json")
@operation(
    SECTION,
    body=schemas.NewCommentBody,
    wrapper="comment",
    answer={"id": "string"},
    status=201,
)
def add_comment(task_id: int) -> Response:
    """Comment on a task; who follows its comments is told, and whom `notify` names."""
    command = schemas.add_comment(read_object(request), task_id)
    return envelope.created(execute(command, current_viewer()))


@comments.get("/comments/<id:comment_id>.json")
@operation(SECTION, answer={"comment": schemas.Comment})
def retrieve_comment(comment_id: int) -> Response:
    """One comment."""
    plan, viewer = schemas.COMMENT.plan(live()), current_viewer()
    page = fetch_by_id(COMMENTS, comment_id, plan.columns, viewer, facets=plan.facets)
    return envelope.payload("comment", plan.render(page)[0])


@comments.put("/comments/<id:comment_id>.json")
@operation(SECTION, body=schemas.CommentBody, wrapper="comment")
def edit_comment(comment_id: int) -> Response:
    """Change a comment of one's own; an administrator changes any."""
    execute(schemas.edit_comment(read_object(request), comment_id), current_viewer())
    return envelope.ok()


@comments.delete("/comments/<id:comment_id>.json")
@operation(SECTION)
def delete_comment(comment_id: int) -> Response:
    """Delete a comment: its author may, a manager of the project, and an administrator."""
    execute(DeleteNote(comment_id), current_viewer())
    return envelope.ok()


@comments.route("/comments/<id:comment_id>/markread.json", methods=["PUT", "POST"])
@operation(SECTION)
def mark_read(comment_id: int) -> Response:
    """Mark a comment as read by oneself."""
    execute(ReadComment(comment_id), current_viewer())
    return envelope.ok()
