"""One changing request: its body, the entities that it names, its answers without a body."""

from collections.abc import Iterable, Mapping
from typing import IO, Any

from app.errors import DomainError
from app.odata.engine.bodies import Reader
from app.odata.engine.changes.body import content, json_body
from app.odata.engine.edm import EntitySet, EntityType
from app.odata.engine.envelope import empty_reply
from app.odata.engine.exchange import UNREAD, Exchange
from app.odata.engine.focus import Entity, Home
from app.odata.engine.messages import Manner, Reply
from app.odata.engine.naming import entity_at
from app.odata.engine.preconditions import Conditions
from app.odata.engine.presenting import Presenter
from app.odata.engine.problems import BadRequest, NotAllowed, PreconditionFailed
from app.odata.engine.reading import Reading
from app.odata.engine.source import Given, Key
from app.odata.engine.walking import Walker
from app.odata.engine.writing import Writer

READING = ("GET", "HEAD")


class Change:
    """What a changing request is carried out with. All of it runs in one transaction."""

    def __init__(self, exchange: Exchange, reading: Reading) -> None:
        self.exchange = exchange
        self.reading = reading
        self.model = exchange.service.model
        self.writer = Writer(reading)
        self.walker = Walker(exchange, reading)

    @property
    def method(self) -> str:
        """The method; MERGE is the PATCH of version 3."""
        method = self.exchange.request.method
        return "PATCH" if method == "MERGE" else method

    @property
    def manner(self) -> Manner:
        """How the answer is to be written."""
        return self.exchange.manner

    @property
    def conditions(self) -> Conditions:
        """If-Match and If-None-Match."""
        return self.exchange.conditions

    @property
    def wish(self) -> str | None:
        """`return` of the preferences: "representation", "minimal", None."""
        return self.manner.prefer.representation

    @property
    def wants_answer(self) -> bool:
        """The client asks for what was changed, by a preference or by options that shape it
        (Protocol 11.4.1.5).
        """
        shaped = any(name in ("$select", "$expand") for name, _ in self.exchange.pairs)
        return self.wish == "representation" or (shaped and self.wish is None)

    @property
    def applied(self) -> dict[str, str]:
        """The header that says that the preference was heeded."""
        return {} if self.wish is None else {"Preference-Applied": f"return={self.wish}"}

    def not_allowed(self, allowed: Iterable[str] = ()) -> NotAllowed:
        """The error for a method that is not taken, beside those that read."""
        method = self.exchange.request.method
        return NotAllowed(f"{method} is not taken here", allowed=(*READING, *allowed))

    def refuse_conditions(self) -> None:
        """What has no ETag of its own cannot be in a version that the client means."""
        if isinstance(self.conditions.match, tuple):
            raise PreconditionFailed("This has no version that If-Match could name")

    # Bodies

    def body(self) -> Any:
        """The body as JSON, not to be changed. Raises NotThisFormat, TooBig, BadRequest."""
        known = self.exchange.ahead.body
        if isinstance(known, DomainError):
            raise known
        return json_body(self.exchange) if known is UNREAD else known

    def given(self, kind: EntityType, *, creating: bool) -> Given:
        """What the body gives of an entity of this type. Raises BadRequest."""
        known = self.exchange.ahead.entity
        if known is not None and (creating or known.type is kind):
            return known
        return self.reader(creating=creating).entity(self.body(), kind)

    def content(self) -> IO[bytes]:
        """The body as bytes, from its beginning."""
        return content(self.exchange)

    def reader(self, *, creating: bool) -> Reader:
        """What reads the body against the model."""
        return Reader(self.model, self.resolve, creating)

    def resolve(self, url: str, kind: EntityType) -> Key:
        """The key of the entity that an address in a body or option names. Raises BadRequest."""
        entity = entity_at(self.exchange, self.walker, url)
        if not self.model.is_a(entity.type, kind) and not self.model.is_a(kind, entity.type):
            raise BadRequest(f"{url[:200]} is no {kind.name}", target=url[:200])
        if self.writer.find(entity) is None:
            raise BadRequest(f"{url[:200]}: no such entity", target=url[:200])
        return entity.key

    # Answers

    def address(self, entity: Entity) -> str:
        """The canonical address of an entity, absolute."""
        return f"{self.manner.root}/{Presenter(self.reading).address(entity.home, entity.key)}"

    def empty(self, headers: Mapping[str, str] | None = None) -> Reply:
        """204."""
        return empty_reply(self.manner, headers)

    def empty_of(self, entity: Entity, headers: Mapping[str, str] | None = None) -> Reply:
        """204 with the id of the entity that was changed, and its ETag as it is now."""
        etag = self.writer.etag(entity)
        tagged = {} if etag is None else {"ETag": etag}
        return self.empty({"OData-EntityId": self.address(entity), **tagged, **(headers or {})})


def methods_of(home: Home) -> tuple[str, ...]:
    """The changing methods that an entity of a set, or a singleton, takes."""
    found: tuple[str, ...] = ("PATCH", "PUT") if home.updatable else ()
    if isinstance(home, EntitySet) and home.deletable:
        found += ("DELETE",)
    return found
