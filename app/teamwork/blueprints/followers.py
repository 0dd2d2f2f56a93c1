"""/tasks/{id}/followers.json. Followers are set by "Edit a task" (tasks.py)."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.operations import operation
from app.queries.catalogues.structure import PEOPLE, followers_of
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_by_id, fetch_page
from app.queries.query import Query
from app.queries.values import Following
from app.teamwork import envelope
from app.teamwork.options import flag, read_options
from app.teamwork.schemas import neighbours
from app.teamwork.views import live

followers = Blueprint("followers", __name__)

OPTIONS = (flag("returnUserInfo", False, "answer the followers as people"),)
MAX_FOLLOWERS = 10_000


@followers.get("/tasks/<id:task_id>/followers.json")
@operation(
    "Get Task Followers",
    options=OPTIONS,
    answer={
        "commentFollowerIds": "array",
        "changeFollowerIds": "array",
        "followers": [neighbours.Follower],
    },
)
def followers_of_task(task_id: int) -> Response:
    """Who follows a task's comments and changes: ids, or people with returnUserInfo=true."""
    viewer = current_viewer()
    asked = read_options(OPTIONS, request.args)
    page = fetch_by_id(TASKS, task_id, ("id",), viewer, facets=("following",))
    following = page.facets["following"].get(task_id, Following())
    if not asked["returnUserInfo"]:
        return envelope.ok(
            commentFollowerIds=list(map(str, following.comments)),
            changeFollowerIds=list(map(str, following.changes)),
        )
    plan = neighbours.FOLLOWERS.plan(live())
    people = Query(
        PEOPLE,
        plan.columns,
        facets=plan.facets,
        criteria=(followers_of(task_id),),
        limit=MAX_FOLLOWERS,
        counted=False,
    )
    page = fetch_page(people, viewer)
    items = plan.render(page)
    for item, person in zip(items, page.column("id"), strict=True):
        item["followingChanges"] = person in following.changes
        item["followingComments"] = person in following.comments
    return envelope.payload("followers", items)
