"""Answers that are made when the transaction has ended: others who write need not wait while what
was made is read and written out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.odata.engine import addresses as at
from app.odata.engine.answering import answer_focus
from app.odata.engine.answering import entity as entity_reply
from app.odata.engine.envelope import empty_reply
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entities, Entity
from app.odata.engine.messages import Reply
from app.odata.engine.reading import Reading


@dataclass(frozen=True, slots=True)
class Made:
    """An entity."""

    exchange: Exchange
    entity: Entity
    headers: Mapping[str, str]

    def shown(self, reading: Reading) -> Reply:
        """201 with the entity. Raises NotFound when somebody has taken it away meanwhile."""
        return entity_reply(self.exchange, reading, self.entity, 201, self.headers)

    def named(self) -> Reply:
        """204 with where it is, when it cannot be shown: it was made all the same."""
        where = self.headers["Location"]
        return empty_reply(self.exchange.manner, {"OData-EntityId": where, "Location": where})


@dataclass(frozen=True, slots=True)
class MadeMany:
    """What an action answers with: entities by their keys."""

    exchange: Exchange
    entities: Entities
    step: at.Step
    headers: Mapping[str, str]

    def shown(self, reading: Reading) -> Reply:
        """Those of them that are still there."""
        reply = answer_focus(self.exchange, reading, self.entities, self.step)
        return replace(reply, headers={**reply.headers, **self.headers})

    def named(self) -> Reply:
        """204, when they cannot be shown: the action was carried out all the same."""
        return empty_reply(self.exchange.manner)


Later = Made | MadeMany
Outcome = Reply | Later
