"""What stands around every answer: version, content type, ETag; and error bodies (JSON, 21)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson
from xxhash import xxh3_128_hexdigest

from app.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    ItemError,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from app.odata.engine.headers import Format, content_type
from app.odata.engine.messages import Manner, Reply
from app.odata.engine.problems import NotAllowed, Problem

DOMAIN: Mapping[type[DomainError], tuple[int, str]] = {
    Unauthenticated: (401, "Unauthorized"),
    Forbidden: (403, "Forbidden"),
    NotFound: (404, "NotFound"),
    Conflict: (409, "Conflict"),
    TooLarge: (413, "PayloadTooLarge"),
    Invalid: (422, "Unprocessable"),
    Unavailable: (503, "ServiceUnavailable"),
}
RETRY_AFTER = "5"  # seconds
Spell = Callable[[str], str]


def dumps(value: Any) -> bytes:
    """JSON text; instants in UTC with Z."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def json_reply(
    manner: Manner, value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Reply:
    """An answer with a JSON body."""
    kind = content_type(manner.format, manner.version)
    return Reply(status, _headers(manner.version, kind, headers), dumps(value))


def text_reply(manner: Manner, text: str, kind: str = "text/plain") -> Reply:
    """An answer of plain text, as /$count and /$value give it."""
    return Reply(200, _headers(manner.version, kind, None), text.encode())


def closed(reply: Reply) -> Reply:
    """The answer to HEAD: the same without its body, whose length it says where that is known."""
    if isinstance(reply.body, bytes):
        length = {"Content-Length": str(len(reply.body))} if reply.body else {}
        return replace(reply, headers={**reply.headers, **length}, body=b"")
    close = getattr(reply.body, "close", None)
    if close is not None:
        close()
    return replace(reply, body=b"")


def empty_reply(manner: Manner, headers: Mapping[str, str] | None = None) -> Reply:
    """204."""
    return Reply(204, {"OData-Version": manner.version, **(headers or {})})


def _headers(version: str, kind: str, more: Mapping[str, str] | None) -> dict[str, str]:
    return {"OData-Version": version, "Content-Type": kind, **(more or {})}


def list_etag(body: bytes) -> str:
    """The ETag of an answer that is no single entity: of its very bytes."""
    return f'W/"{xxh3_128_hexdigest(body)}"'


def error_reply(error: DomainError, version: str, spell: Spell = str) -> Reply:
    """An error as OData says it."""
    status, value = error_value(error, spell)
    headers = _headers(version, content_type(Format("json"), version), None)
    if isinstance(error, NotAllowed) and error.allowed:
        headers["Allow"] = ", ".join(error.allowed)
    if status == 503:
        headers["Retry-After"] = RETRY_AFTER
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Tandem", charset="UTF-8"'
    return Reply(status, headers, dumps({"error": value}))


def error_value(error: DomainError, spell: Spell = str) -> tuple[int, dict[str, Any]]:
    """The status of an error, and the object that stands under `error`."""
    if isinstance(error, ItemError):
        return _of_item(error, spell)
    if isinstance(error, Problem):
        return error.status, _of_problem(error)
    status, code = next(DOMAIN[each] for each in type(error).__mro__ if each in DOMAIN)
    if not isinstance(error, Invalid):
        return status, {"code": code, "message": clean(error.message)}
    details = [
        {"code": code, "message": clean(" ".join(said)), "target": spell(name)}
        for name, said in error.messages.items()
    ]
    message = "; ".join(f"{each['target']}: {each['message']}" for each in details)
    target = details[0]["target"] if details else None
    return status, {"code": code, "message": message, "target": target, "details": details}


def _of_item(error: ItemError, spell: Spell) -> tuple[int, dict[str, Any]]:
    """An error of one item of an array: its target begins with where the item is."""
    status, value = error_value(error.error, spell)
    inner, where = value.get("target"), f"items/{error.index}"
    value["target"] = f"{where}/{inner}" if inner else where
    value["message"] = f"item {error.index}: {value['message']}"
    return status, value


def _of_problem(error: Problem) -> dict[str, Any]:
    message = clean(error.message)
    value: dict[str, Any] = {"code": error.code, "message": message}
    if error.target is not None:
        value["target"] = clean(error.target)
    if error.position is not None:
        value["message"] = f"{message} (at position {error.position})"
        where = {"code": "Position", "message": str(error.position)}
        value["details"] = [where | {"target": value.get("target", "")}]
    return value


def clean(text: str) -> str:
    """Text of a client, fit for UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
