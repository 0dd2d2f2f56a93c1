"""/completedtasks.json: what was completed lately."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.operations import operation
from app.queries.page import fetch_page
from app.teamwork import filters
from app.teamwork.schemas import completed_task
from app.teamwork.schemas.todo_item import TodoItem
from app.teamwork.views import answer_list, asked_for, live, paged, today_of

completedtasks = Blueprint("completedtasks", __name__)


@completedtasks.get("/completedtasks.json")
@operation(
    "Completed tasks",
    options=filters.COMPLETED_OPTIONS,
    answer={"todo-items": [TodoItem], "tasks": [completed_task.LiveCompletedTask]},
)
def completed() -> Response:
    """Tasks completed in the last month, or from startdate to enddate.

    The live shape answers `tasks` in camelCase instead (decision 10).
    """
    viewer = current_viewer()
    if live():
        plan = completed_task.plan()
        asked = filters.parse_completed(request.args, today_of(viewer), lambda _: plan)
        page = fetch_page(asked.query, viewer, {"offset": asked.offset})
        return paged("tasks", plan.render(page)[: page.own], asked, page)
    asked = asked_for(filters.parse_completed, today_of(viewer))
    return answer_list(asked)
