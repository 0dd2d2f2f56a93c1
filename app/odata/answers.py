"""Whole answers, kept as those of the other dialect are (http/answers.py): as long as the database
is in the same state, the same viewer gets the same answer to the same request.

The request is taken as the engine reads it, its address not decoded.
"""

from collections.abc import Callable, Hashable, Mapping

from app.http.answers import Answers, heard, unanswered
from app.odata.engine.messages import Reply, Request

Headers = Mapping[str, str]
OF_304 = ("ETag", "OData-Version", "Vary")

_answers: Answers[Headers] = Answers()


def answered(request: Request, state: Hashable | None, answer: Callable[[], Reply]) -> Reply:
    """The answer to a request: the one that is kept, or else that of `answer`. `state` was read
    before; None: nothing is kept.
    """
    if request.method != "GET" or state is None:
        return answer()
    said = heard(request.headers.items())
    key = (request.caller, request.root, request.path, request.query, said)
    known = request.headers.get("if-none-match")
    found = _answers.recall(key, state)
    if found is not None:
        headers, body = found
        if known is None:
            return Reply(200, headers, body)
        if known == headers.get("ETag"):
            return _not_modified(headers)
    asked = unanswered(key, state)
    reply = answer()
    if isinstance(reply.body, bytes) and _may_be_kept(reply):
        _answers.keep(asked, reply.headers, reply.body, reply.headers.get("ETag"))
    return reply


def _may_be_kept(reply: Reply) -> bool:
    return reply.status == 200 and "Cache-Control" not in reply.headers


def _not_modified(headers: Headers) -> Reply:
    return Reply(304, {name: headers[name] for name in OF_304 if name in headers})
