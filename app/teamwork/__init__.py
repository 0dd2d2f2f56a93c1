"""Dialect 1: Teamwork's v1 Tasks API, at the root of the server."""

from app.http.auth import require_key
from app.http.dialects import Dialect
from app.teamwork.blueprints.account import account
from app.teamwork.blueprints.audit import audit
from app.teamwork.blueprints.boards import boards
from app.teamwork.blueprints.carried_tags import carried_tags
from app.teamwork.blueprints.comments import comments
from app.teamwork.blueprints.completedtasks import completedtasks
from app.teamwork.blueprints.direct import METHODS, answer_directly
from app.teamwork.blueprints.file_moves import file_moves
from app.teamwork.blueprints.files import files
from app.teamwork.blueprints.followers import followers
from app.teamwork.blueprints.logged_time import logged_time
from app.teamwork.blueprints.lookup import lookup
from app.teamwork.blueprints.people import people
from app.teamwork.blueprints.projects import projects
from app.teamwork.blueprints.quickadd import quickadd
from app.teamwork.blueprints.reminders import reminders
from app.teamwork.blueprints.reorder import reorder
from app.teamwork.blueprints.tags import tags
from app.teamwork.blueprints.task_moves import task_moves
from app.teamwork.blueprints.tasklists import tasklists
from app.teamwork.blueprints.tasks import tasks
from app.teamwork.blueprints.time import time
from app.teamwork.blueprints.trashcan import trashcan
from app.teamwork.blueprints.webhooks import webhooks
from app.teamwork.envelope import render_error
from app.teamwork.paths import normalise

BLUEPRINTS = (
    tasks,
    tasklists,
    completedtasks,
    followers,
    reorder,
    quickadd,
    projects,
    people,
    task_moves,
    account,
    files,
    time,
    boards,
    webhooks,
    comments,
    tags,
    carried_tags,
    file_moves,
    logged_time,
    reminders,
    lookup,
    audit,
    trashcan,
)

SHORT_WRITES = (
    r"POST /tasklists/[0-9]+/tasks\.json",
    r"(?:POST|PUT) /tasks/[0-9]+\.json",
    r"PUT /tasks/[0-9]+/(?:un)?complete\.json",
    r"POST /tasks/[0-9]+/(?:comments|time_entries)\.json",
)

DIALECT = Dialect(
    name="Teamwork",
    prefixes=("",),
    blueprints=tuple((blueprint, require_key) for blueprint in BLUEPRINTS),
    render_error=render_error,
    rewrite=normalise,
    kept=True,
    tagged=True,
    directly=answer_directly,
    direct=METHODS,
    short_writes="|".join(SHORT_WRITES),
)
