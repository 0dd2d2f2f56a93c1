"""Dialect 1: Teamwork's v1 Tasks API, at the root of the server."""

from app.http.auth import require_key
from app.http.dialects import Dialect
from app.teamwork.blueprints.account import account
from app.teamwork.blueprints.completedtasks import completedtasks
from app.teamwork.blueprints.files import files
from app.teamwork.blueprints.followers import followers
from app.teamwork.blueprints.projects import projects
from app.teamwork.blueprints.quickadd import quickadd
from app.teamwork.blueprints.reorder import reorder
from app.teamwork.blueprints.tasklists import tasklists
from app.teamwork.blueprints.tasks import tasks
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
    account,
    files,
)

DIALECT = Dialect(
    name="Teamwork",
    prefixes=("",),
    blueprints=tuple((blueprint, require_key) for blueprint in BLUEPRINTS),
    render_error=render_error,
    rewrite=normalise,
    kept=True,
    tagged=True,
)
