"""What a command said, in neutral names, as the JSON that the audit trail keeps of it: short, and
without anything that opens a door.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from app.services.commands import EditTask, Unset

# Tokens sign messages, and whoever has the reference of an upload can take the file.
SECRET: Final = frozenset(("token", "pending_files", "refs", "ref"))
MOST: Final = 2000  # bytes of JSON for each command
TEXT, FEW = 200, 100  # characters of a text, items of a list
LITTLE, FEWER = 20, 5  # the same where a command says too much
MORE: Final = "…"
OF_COMPLETION: Final = ("completed", "done", "done_at", "completer_id")


def stated(command: Any, *without: str) -> str:
    """The members that a command says, but for secrets and those that the row has anyway."""
    return written(said(command, *without))


def said(command: Any, *without: str) -> dict[str, Any]:
    """The members of a command that are not as they are when nobody says anything of them."""
    found = {}
    kind: Any = type(command)
    for name, default in _members(kind, without):
        value = getattr(command, name)
        if value is not default and value != default:
            found[name] = value
    return found


def said_of_task(command: EditTask) -> str:
    """What an edit of a task says."""
    more = {name: getattr(command, name) for name in OF_COMPLETION}
    sent = {name: value for name, value in more.items() if not isinstance(value, Unset)}
    changes = command.changes.given()
    changes.pop("pending_files", None)
    return written(changes | sent if sent else changes)


def written(members: Mapping[str, Any]) -> str:
    """The members as JSON, or "" for none. Long texts and lists are cut, and where that is not
    enough the names of the members stay alone.
    """
    if not members:
        return ""
    for text, items in ((TEXT, FEW), (LITTLE, FEWER)):
        cut = {name: _cut(value, text, items) for name, value in members.items()}
        try:
            found = orjson.dumps(cut, option=orjson.OPT_UTC_Z)
        except TypeError:  # a number or a character that JSON has no way to say
            break
        if len(found) <= MOST:
            return found.decode()
    return orjson.dumps({"members": sorted(members)}).decode()


def origin(url: str) -> str:
    """Where an address leads, without its path, which may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def _cut(value: Any, text: int, items: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= text else value[:text] + MORE
    if isinstance(value, tuple | list):
        kept = [_cut(each, text, items) for each in value[:items]]
        return kept if len(value) <= items else [*kept, MORE]
    return value


@cache
def _members(kind: Any, without: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    left = SECRET | set(without)
    return tuple((each.name, each.default) for each in fields(kind) if each.name not in left)
