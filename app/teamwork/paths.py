"""The aliases under which clients call the same paths (decisions 12 and 13)."""

import re

PREFIX = "/projects/api/v1/"
_ALIASES = (
    (re.compile(r"/todo_items(?=/|\.|$)"), "/tasks"),
    (re.compile(r"/todo_lists(?=/|\.|$)"), "/tasklists"),
    (re.compile(r"^/tasklist/"), "/tasklists/"),
    # The tags of companies and people are asked for under these names.
    (re.compile(r"^/companys(?=/)"), "/companies"),
    (re.compile(r"^/users(?=/\d+/tags\.json$)"), "/people"),
)
_SLASHES = re.compile(r"/{2,}")


def normalise(path: str) -> str:
    """The path that the routes are written for: lower case, single slashes, no prefix, one name a
    thing.
    """
    path = _SLASHES.sub("/", path).lower()
    if path.startswith(PREFIX):
        path = "/" + path.removeprefix(PREFIX)
    for alias, name in _ALIASES:
        path = alias.sub(name, path)
    return path
