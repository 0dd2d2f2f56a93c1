"""POST, PATCH, PUT and DELETE on what an address leads to. All of it runs in one transaction."""

from typing import Any

from app.errors import NotFound
from app.odata.engine import addresses as at
from app.odata.engine.answering import answer_focus, entity, refuse_list_options
from app.odata.engine.bodies import Reader, load
from app.odata.engine.edm import STREAM, ComplexType, EntitySet, EntityType, Navigation, Property
from app.odata.engine.envelope import empty_reply
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entities, Entity, Focus, Member
from app.odata.engine.headers import require_json
from app.odata.engine.invoking import handler_of, invoke_action
from app.odata.engine.messages import Reply
from app.odata.engine.presenting import Presenter
from app.odata.engine.problems import (
    BadRequest,
    NoSuchResource,
    NotAllowed,
    NotSupported,
    PreconditionFailed,
)
from app.odata.engine.reading import Reading
from app.odata.engine.source import Given, Key
from app.odata.engine.walking import Walker
from app.odata.engine.writing import Writer


class Change:
    """One changing request, its reading and its writer."""

    def __init__(self, exchange: Exchange, reading: Reading) -> None:
        self._exchange = exchange
        self._reading = reading
        self._writer = Writer(reading)
        self._walker = Walker(exchange, reading)
        self._model = exchange.service.model

    def answer(self) -> Reply:
        """Carry it out. Raises Problem and domain errors."""
        last = self._exchange.steps[-1]
        if isinstance(last, at.OperationStep | at.ImportStep):
            return self._act(last)
        if isinstance(last, at.RefStep):
            return self._reference()
        if isinstance(last, at.ValueStep):
            return self._bytes()
        if isinstance(last, at.EachStep):
            raise NotSupported("Set-based changes are not done", target="$each")
        focus = self._walker.walk(self._exchange.steps)
        match focus:
            case Entities():
                return self._on_collection(focus)
            case Entity():
                return self._on_entity(focus)
            case Member():
                return self._on_member(focus)
        raise self._not_allowed()

    def _not_allowed(self, *allowed: str) -> NotAllowed:
        method = self._exchange.request.method
        return NotAllowed(f"{method} is not taken here", allowed=("GET", "HEAD", *allowed))

    def _body(self) -> Any:
        request, limits = self._exchange.request, self._exchange.service.limits
        require_json(request.headers.get("content-type"))
        if request.stream is not None and not request.body:
            return load(request.stream.read(limits.body + 1), limits)
        return load(request.body, limits)

    def _reader(self, *, creating: bool) -> Reader:
        return Reader(self._model, self._resolve, creating)

    def _resolve(self, url: str, kind: EntityType) -> Key:
        """The key of the entity that an address in a body names. Raises BadRequest."""
        entity = self.entity_at(url)
        if not self._model.is_a(entity.type, kind) and not self._model.is_a(kind, entity.type):
            raise BadRequest(f"{url[:200]} is no {kind.name}", target=url[:200])
        if not self._writer.exists(entity):
            raise BadRequest(f"{url[:200]}: no such entity", target=url[:200])
        return entity.key

    def entity_at(self, url: str) -> Entity:
        """The entity of an address, absolute or relative to the service. Raises BadRequest."""
        limits = self._exchange.service.limits
        found = at.relative(url, [self._exchange.manner.root])
        if found is None:
            raise BadRequest(f"{url[:200]} is no address of this service", target=url[:200])
        focus = self._walker.walk(at.parse(found[0], self._model, limits=limits))
        if not isinstance(focus, Entity):
            raise BadRequest(f"{url[:200]} is no entity", target=url[:200])
        return focus

    # Entities

    def _on_collection(self, focus: Entities) -> Reply:
        if self._exchange.request.method != "POST":
            if self._exchange.request.method in ("PATCH", "DELETE", "PUT"):
                raise self._not_allowed("POST")
            raise self._not_allowed()
        if not focus.home.insertable:
            raise self._not_allowed()
        given = self._reader(creating=True).entity(self._body(), focus.type)
        key = self._writer.create(focus.home, given, focus.origin)
        return self.created(Entity(focus.home, given.type or focus.type, key))

    def created(self, made: Entity) -> Reply:
        """201 with the entity, or 204 when the client does not want to see it."""
        manner = self._exchange.manner
        where = f"{manner.root}/{Presenter(self._reading).address(made.home, made.key)}"
        headers = {"Location": where}
        wish = manner.prefer.representation
        if wish is not None:
            headers["Preference-Applied"] = f"return={wish}"
        if wish == "minimal":
            return empty_reply(manner, {**headers, "OData-EntityId": where})
        return entity(self._exchange, self._reading, made, 201, headers)

    def _on_entity(self, focus: Entity) -> Reply:
        method = self._exchange.request.method
        home = focus.home
        if method == "DELETE":
            if not isinstance(home, EntitySet) or not home.deletable:
                raise self._not_allowed()
            self._writer.check(focus, self._exchange.conditions)
            self._writer.delete(focus)
            return empty_reply(self._exchange.manner)
        if method not in ("PATCH", "PUT", "MERGE"):
            raise self._not_allowed("PATCH", "PUT", "DELETE")
        if not home.updatable:
            raise self._not_allowed()
        return self._write(focus, replacing=method == "PUT")

    def _write(self, focus: Entity, *, replacing: bool) -> Reply:
        body = self._body()
        if not self._writer.exists(focus):
            return self._upsert(focus, body, replacing=replacing)
        self._writer.check(focus, self._exchange.conditions)
        given = self._reader(creating=False).entity(body, focus.type)
        if replacing:
            given = self._writer.replaced(focus.type, given)
        self._writer.update(focus, given)
        return self.updated(focus)

    def _upsert(self, focus: Entity, body: Any, *, replacing: bool) -> Reply:
        """A key that is not there: PUT makes the entity, PATCH where the body can (decision 24)."""
        missing = NotFound(f"{focus.name}: no such entity")
        if self._exchange.conditions.match is not None:
            raise PreconditionFailed("There is no such entity")
        if not isinstance(focus.home, EntitySet) or not focus.home.insertable:
            raise missing
        try:
            given = self._reader(creating=True).entity(body, focus.type)
            key = self._writer.upsert(focus, given)
        except NotImplementedError:
            raise missing from None
        except NoSuchResource:
            raise missing from None
        return self.created(Entity(focus.home, focus.type, key))

    def updated(self, focus: Entity) -> Reply:
        """204, or 200 with the entity when the client wants to see it."""
        manner = self._exchange.manner
        wish = manner.prefer.representation
        applied = {} if wish is None else {"Preference-Applied": f"return={wish}"}
        if wish == "representation":
            return entity(self._exchange, self._reading, focus, 200, applied)
        address = Presenter(self._reading).address(focus.home, focus.key)
        return empty_reply(manner, {**applied, "OData-EntityId": f"{manner.root}/{address}"})

    # Properties

    def _on_member(self, focus: Member) -> Reply:
        method, known = self._exchange.request.method, focus.property
        if known.type == STREAM:
            return self._put_bytes(focus.entity, known.name)
        if method not in ("PUT", "PATCH", "DELETE"):
            raise self._not_allowed("PUT", "DELETE")
        if not focus.entity.home.updatable:
            raise self._not_allowed()
        self._writer.check(focus.entity, self._exchange.conditions)
        value = None if method == "DELETE" else self._member_value(focus)
        if value is None and not known.nullable:
            raise BadRequest(f"{known.name}: null is not allowed", target=known.name)
        self._writer.update(focus.entity, Given(_nested(focus.path, value)))
        if method != "DELETE" and self._exchange.manner.prefer.representation == "representation":
            return answer_focus(self._exchange, self._reading, focus, self._exchange.steps[-1])
        return empty_reply(self._exchange.manner)

    def _member_value(self, focus: Member) -> Any:
        known, body = focus.property, self._body()
        if not isinstance(body, dict):
            raise BadRequest("A JSON object is expected", target=known.name)
        reader = self._reader(creating=False)
        if isinstance(known.type, ComplexType) and not known.collection:
            return reader.complex(body, known.type)
        if "value" not in body:
            raise BadRequest('{"value": …} is expected', target=known.name)
        return reader.value(known, body["value"])

    # References

    def _reference(self) -> Reply:
        steps, method = self._exchange.steps[:-1], self._exchange.request.method
        target: Key | None = None
        if isinstance(steps[-1], at.KeyStep):
            target, steps = tuple(steps[-1].values), steps[:-1]
        step = steps[-1]
        if not isinstance(step, at.NavigationStep):
            raise NoSuchResource("References belong to a navigation property")
        owner = self._walker.walk(steps[:-1])
        if not isinstance(owner, Entity):
            raise NoSuchResource("References belong to a navigation of one entity")
        self._writer.check(owner, self._exchange.conditions)
        way = step.navigation
        if method == "DELETE":
            self._writer.detach(owner, way, target or self._named_by_option(way))
        elif method == ("POST" if way.collection else "PUT"):
            self._writer.attach(owner, way, self._named_by_body(way))
        else:
            raise self._not_allowed("POST" if way.collection else "PUT", "DELETE")
        return empty_reply(self._exchange.manner)

    def _named_by_option(self, way: Navigation) -> Key | None:
        """The entity that $id names. Raises BadRequest when a collection needs one."""
        for name, value in self._exchange.pairs:
            if name == "$id":
                return self._resolve(value, self._model.entity_type(way.target))
        if way.collection:
            raise BadRequest("$id has to name the entity", target="$id")
        return None

    def _named_by_body(self, way: Navigation) -> Key:
        body = self._body()
        url = None
        if isinstance(body, dict):
            url = body.get("@odata.id", body.get("@id"))
        if not isinstance(url, str):
            raise BadRequest("@odata.id has to name the entity", target="@odata.id")
        return self._resolve(url, self._model.entity_type(way.target))

    # Bytes

    def _bytes(self) -> Reply:
        focus = self._walker.walk(self._exchange.steps[:-1])
        if isinstance(focus, Entity) and focus.type.media:
            return self._put_bytes(focus, None)
        if isinstance(focus, Member) and focus.property.type == STREAM:
            return self._put_bytes(focus.entity, focus.property.name)
        if isinstance(focus, Member):
            return self._put_text(focus)
        raise self._not_allowed()

    def _put_bytes(self, focus: Entity, name: str | None) -> Reply:
        request = self._exchange.request
        if request.method != "PUT":
            raise self._not_allowed("PUT")
        self._writer.check(focus, self._exchange.conditions)
        if request.stream is None:
            raise BadRequest("A body is expected")
        kind = request.headers.get("content-type", "application/octet-stream")
        source = self._reading.source(focus.home)
        source.put_stream(focus.key, name, request.stream, kind, request.caller)
        return empty_reply(self._exchange.manner)

    def _put_text(self, focus: Member) -> Reply:
        raise NotSupported("A property is written as JSON, without /$value", target="$value")

    # Operations

    def _act(self, step: at.OperationStep | at.ImportStep) -> Reply:
        if step.operation.kind != "action":
            raise self._not_allowed()
        if self._exchange.request.method != "POST":
            raise NotAllowed("An action is called by POST", allowed=("POST",))
        bound: Focus | None = None
        if isinstance(step, at.OperationStep):
            bound = self._walker.walk(self._exchange.steps[:-1])
            if isinstance(bound, Entity):
                self._writer.check(bound, self._exchange.conditions)
        require_json(self._exchange.request.headers.get("content-type"))
        made = invoke_action(self._exchange, step, bound, self._reader(creating=True))
        handler = handler_of(self._exchange, step.operation)
        wish = self._exchange.manner.prefer.representation
        if handler.status == 204 or (handler.on_request and wish != "representation"):
            return empty_reply(self._exchange.manner)
        if wish == "minimal":
            return empty_reply(self._exchange.manner, {"Preference-Applied": "return=minimal"})
        if handler.status == 201 and isinstance(made, Entity):
            return self.created(made)
        refuse_list_options(self._exchange)
        return answer_focus(self._exchange, self._reading, made, step)


def _nested(path: tuple[Property, ...], value: Any) -> dict[str, Any]:
    """A value under the names that lead to it."""
    for each in reversed(path):
        value = {each.name: value}
    return value  # type: ignore[no-any-return]
