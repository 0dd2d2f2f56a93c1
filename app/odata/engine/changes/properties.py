"""PUT, PATCH and DELETE of a property of an entity, and of its plain text (Protocol 11.4.9)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.odata.engine.answering import answer_focus
from app.odata.engine.changes.context import Change
from app.odata.engine.edm import BINARY, ComplexType, EnumType, PrimitiveType, Property
from app.odata.engine.focus import Member
from app.odata.engine.headers import media_type
from app.odata.engine.messages import Reply
from app.odata.engine.primitives import from_text, to_text
from app.odata.engine.problems import BadRequest, NotThisFormat, TooBig
from app.odata.engine.replacing import whole
from app.odata.engine.source import Given
from app.odata.engine.values import Values


def on_property(change: Change, focus: Member) -> Reply:
    """Write a property as JSON, or set it to null."""
    methods = _methods(change, focus)
    if change.method not in methods:
        raise change.not_allowed(methods)
    change.writer.check(focus.entity, change.conditions)
    value = None if change.method == "DELETE" else _sent(change, focus)
    return _written(change, focus, value)


def on_text(change: Change, focus: Member) -> Reply:
    """Write a primitive property as `/$value`: its plain text, or its bytes."""
    methods = tuple(each for each in _methods(change, focus) if each != "PATCH")
    if change.method not in methods:
        raise change.not_allowed(methods)
    change.writer.check(focus.entity, change.conditions)
    return _written(change, focus, None if change.method == "DELETE" else _plain(change, focus))


def _methods(change: Change, focus: Member) -> tuple[str, ...]:
    """The changing methods that a property takes. What is read-only, and a key, takes none."""
    known = focus.property
    entity = focus.entity
    fixed = any(not each.writable for each in focus.path)
    if fixed or not entity.home.updatable or focus.path[0] in change.model.key(entity.type):
        return ()
    one_complex = isinstance(known.type, ComplexType) and not known.collection
    found = ("PUT", "PATCH") if one_complex else ("PUT",)
    return (*found, "DELETE") if known.nullable or known.collection else found


def _written(change: Change, focus: Member, value: Any) -> Reply:
    entity, known = focus.entity, focus.property
    if known.collection and value is None:
        value = []
    if value is None and not known.nullable:
        raise BadRequest(f"{known.name}: null is not allowed", target=known.name)
    change.writer.update(entity, _given(change, focus, value))
    if change.method != "DELETE" and change.wish == "representation":
        step = change.exchange.steps[-1]
        reply = answer_focus(change.exchange, change.reading, focus, step)
        return replace(reply, headers={**reply.headers, **change.applied})
    etag = change.writer.etag(entity)
    return change.empty({**({} if etag is None else {"ETag": etag}), **change.applied})


def _given(change: Change, focus: Member, value: Any) -> Given:
    """The value under the names that lead to it."""
    kind = focus.entity.type
    if focus.path[0].name not in change.model.properties(kind):
        return Given(dynamic={focus.path[0].name: _as_json(focus.property, value)})
    for each in reversed(focus.path):
        value = {each.name: value}
    assert isinstance(value, Mapping)
    return Given(value)


def _as_json(known: Property, value: Any) -> Any:
    """A dynamic property is handed on like one in the body of its entity, where no type is known
    yet.
    """
    if value is None or isinstance(value, bool | int | float | Decimal | str):
        return value
    assert isinstance(known.type, PrimitiveType)
    return to_text(known.type, value)


def _sent(change: Change, focus: Member) -> Any:
    """What the body says of the property: {"value": …}, or the members of a complex one."""
    known, body = focus.property, change.body()
    values = Values(change.model)
    if not isinstance(body, dict):
        raise values.wrong("a JSON object is expected", known.name)
    if isinstance(known.type, ComplexType) and not known.collection:
        if body.get("value", body) is None:
            return None
        found = values.within(known.name).complex(body, known.type)
        return whole(change.model, known.type, found) if change.method == "PUT" else found
    members = {name: member for name, member in body.items() if "@" not in name}
    if set(members) != {"value"}:
        raise values.wrong('{"value": …} is expected', known.name)
    return None if members["value"] is None else values.of(known, members["value"])


def _plain(change: Change, focus: Member) -> Any:
    """The value that the bytes of the body are."""
    known, limit = focus.property, change.exchange.service.limits.body
    kind = known.type
    assert isinstance(kind, PrimitiveType | EnumType)
    content = change.content().read(limit + 1)
    if len(content) > limit:
        raise TooBig(f"The body is longer than {limit} bytes")
    if kind == BINARY:
        return content
    _require_text(change)
    try:
        text = content.decode("utf-8-sig")
        value = from_text(kind, text)
    except ValueError as error:
        said = "the body is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise BadRequest(f"{known.name}: {said}", target=known.name) from None
    return Values(change.model, (known.name,)).checked(known, value)


def _require_text(change: Change) -> None:
    kind = media_type(change.exchange.request.headers.get("content-type")).name
    if kind not in ("", "text/plain", "application/x-www-form-urlencoded"):
        raise NotThisFormat("Send plain text of type text/plain", target="Content-Type")
