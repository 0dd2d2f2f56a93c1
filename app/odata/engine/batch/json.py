"""Batches as JSON (JSON Format 19)."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import orjson

from app.odata.engine.batch import exact
from app.odata.engine.batch.items import (
    Batch,
    ChangeSet,
    Counter,
    Item,
    Result,
    Results,
    checked_body,
    checked_header,
    method_of,
)
from app.odata.engine.headers import media_type
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.source import Limits


def read(body: object, limits: Limits) -> Batch:
    """The requests of a body: bytes, or the object that they hold. Raises BadRequest for what is
    malformed and for more than `limits.batch` requests, NotSupported for the member `if`.
    """
    found = _loaded(body) if isinstance(body, bytes) else body
    requests = found.get("requests") if isinstance(found, dict) else None
    if not isinstance(requests, list):
        raise BadRequest("A batch is an object with an array of requests", target="requests")
    counter = Counter(limits)
    for _ in requests:
        counter.count()
    members = [_member(each, counter) for each in requests]
    groups = [name for name, _ in groupby(_group(each) for each in members) if name is not None]
    for name in groups:
        counter.claim(name)
    return Batch(tuple(_items(members)))


def write(results: Results) -> bytes:
    """The body of the answers: each its own object, those to a change set with its id."""
    answers: list[dict[str, Any]] = []
    for each in results:
        answers += [_answer(one) for one in ([each] if isinstance(each, Result) else each)]
    return orjson.dumps({"responses": answers})


def _loaded(body: bytes) -> Any:
    try:
        return exact.loads(body)
    except ValueError:
        raise BadRequest("The body is no JSON, or has a member twice") from None


def _member(found: object, counter: Counter) -> Mapping[str, Any]:
    """A request object, its id taken."""
    if not isinstance(found, dict):
        raise BadRequest("A request of a batch is an object", target="requests")
    if found.get("if") is not None:
        raise NotSupported("Conditions between requests are not supported", target="if")
    counter.claim(_string(found, "id"))
    return found


def _string(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{name} has to be a string", target=name)
    return value


def _group(found: Mapping[str, Any]) -> str | None:
    return None if found.get("atomicityGroup") is None else _string(found, "atomicityGroup")


def _items(members: Iterable[Mapping[str, Any]]) -> Iterable[Item | ChangeSet]:
    """The requests, those of a group together. What a request depends on has to be complete."""
    before: set[str] = set()
    for group, together in groupby(members, _group):
        items: list[Item] = []
        for each in together:
            items.append(_item(each, before))
            before.add(items[-1].id or "")
        if group is None:
            yield from items
        else:
            before.add(group)
            yield ChangeSet(group, tuple(items))


def _item(found: Mapping[str, Any], before: set[str]) -> Item:
    method = method_of(_string(found, "method"))
    headers = _headers(found.get("headers"))
    body = _body(found.get("body"), headers)
    depends_on = found.get("dependsOn")
    names = tuple(depends_on) if isinstance(depends_on, list) else ()
    if depends_on is not None and not isinstance(depends_on, list):
        raise BadRequest("dependsOn has to be an array", target="dependsOn")
    for name in names:
        if not isinstance(name, str) or name not in before:
            raise BadRequest("dependsOn names no request before this one", target="dependsOn")
    url = _string(found, "url")
    return Item(found["id"], method, url, headers, checked_body(method, body), names)


def _headers(found: object) -> dict[str, str]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadRequest("headers has to be an object", target="headers")
    kept: dict[str, str] = {}
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise BadRequest("A header has to be a string", target="headers")
        header = checked_header(name, value)
        if header is not None:
            kept[header[0]] = header[1]
    return kept


def _is_json(content_type: str | None) -> bool:
    name = media_type(content_type).name
    return name in ("", "application/json", "text/json") or name.endswith("+json")


def _is_text(content_type: str | None) -> bool:
    return media_type(content_type).name.startswith("text/")


def _body(value: Any, headers: Mapping[str, str]) -> bytes | None:
    """The bytes of a body: JSON as it stands, text, or base64url, by the type of the content. An
    object is JSON whatever the type says.
    """
    kind = headers.get("content-type")
    if value is None:
        return None
    if _is_json(kind) or not isinstance(value, str):
        return _dumped(value)
    if _is_text(kind):
        return _encoded(value)
    try:
        return b64decode(_encoded(value) + b"=" * (-len(value) % 4), b"-_", validate=True)
    except ValueError:
        raise BadRequest("A body of this type has to be base64url", target="body") from None


def _dumped(value: Any) -> bytes:
    try:
        return exact.dumps(value)
    except ValueError:
        raise BadRequest("A body is nested too deeply, or no Unicode", target="body") from None


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise BadRequest("A body is not Unicode text", target="body") from None


def _answer(result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": result.id, "atomicityGroup": result.group}
    answer = {name: value for name, value in answer.items() if value is not None}
    answer["status"] = result.status
    headers = {name.lower(): value for name, value in result.headers.items()}
    headers.pop("content-length", None)
    if headers:
        answer["headers"] = headers
    if result.body:
        answer["body"] = _shown(headers.get("content-type"), result.body)
    return answer


def _shown(content_type: str | None, body: bytes) -> Any:
    for fits, show in _SHOWN:
        if content_type and fits(content_type):
            return show(body)
    return urlsafe_b64encode(body).decode()


_SHOWN: Final[Sequence[tuple[Callable[[str | None], bool], Callable[[bytes], Any]]]] = (
    (_is_json, orjson.Fragment),
    (_is_text, lambda body: body.decode(errors="replace")),
)
