"""Whole answers, kept as those of the other dialect are (http/answers.py): as long as the database
is in the same state, the same viewer gets the same answer to the same request.

The request is taken as the engine reads it, its address not decoded. Answers that depend on the
instant are not kept.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.clock import clock, watch
from app.http.answers import OVERHEAD, UNHEARD
from app.odata.engine.messages import Reply, Request
from app.queries.remembered import Memories

OF_304 = ("ETag", "OData-Version", "Vary")
ROOM = 8 * 2**20  # bytes of answers of one application in one process

_KEPT: Memories["_Answer"] = Memories(ROOM)


@dataclass(frozen=True, slots=True)
class _Answer:
    state: Hashable
    days: tuple[tuple[str, date], ...]
    reply: Reply

    def holds(self, state: Hashable) -> bool:
        """Nothing has changed, and it is the same day everywhere that was asked."""
        return self.state == state and all(clock.today(zone) == day for zone, day in self.days)


def answered(
    owner: Any, request: Request, state: Hashable | None, answer: Callable[[], Reply]
) -> Reply:
    """The answer to a request: the one that is kept, or else that of `answer`. `state` was read
    before; None: nothing is kept. `owner` is the application.
    """
    if request.method != "GET" or state is None:
        return answer()
    memory, key = _KEPT.of(owner), _key(request)
    found = memory.get(key)
    if found is not None and found.holds(state):
        known = request.headers.get("if-none-match")
        if known is None:
            return found.reply
        if known == found.reply.headers.get("ETag"):
            return _not_modified(found.reply)
    readings = watch()
    reply = answer()
    if isinstance(reply.body, bytes) and _may_be_kept(reply) and not readings.instant:
        kept = _Answer(state, tuple(readings.days.items()), reply)
        memory.put(key, kept, len(reply.body) + OVERHEAD)
    return reply


def _key(request: Request) -> Hashable:
    heard = tuple(each for each in request.headers.items() if each[0] not in UNHEARD)
    return request.caller, request.root, request.path, request.query, heard


def _may_be_kept(reply: Reply) -> bool:
    return reply.status == 200 and "Cache-Control" not in reply.headers


def _not_modified(reply: Reply) -> Reply:
    headers = {name: reply.headers[name] for name in OF_304 if name in reply.headers}
    return Reply(304, headers)
