"""Entities that are named by an address inside a request: in `$id`, `@odata.bind`, `@odata.id`."""

from app.errors import NotFound
from app.odata.engine import addresses as at
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entity
from app.odata.engine.problems import BadRequest, NotSupported, Problem
from app.odata.engine.walking import Walker

# An address names something: it must not make anything happen, nor begin anywhere but in a set.
NAMES_NONE = (
    at.OperationStep,
    at.ImportStep,
    at.ServiceDocument,
    at.MetadataStep,
    at.BatchStep,
    at.AllStep,
    at.CrossjoinStep,
    at.EntityStep,
    at.CountStep,
    at.ValueStep,
    at.RefStep,
    at.EachStep,
    at.QueryStep,
)


def entity_at(exchange: Exchange, walker: Walker, url: str) -> Entity:
    """The entity of an address, absolute or relative to the service; whether the caller sees it is
    not asked. Raises BadRequest, whose target is the address.
    """
    shown = url[:200]
    found = at.relative(url, [exchange.manner.root])
    if found is None:
        raise BadRequest(f"{shown} is no address of this service", target=shown)
    try:
        steps = at.parse(found[0], exchange.service.model, limits=exchange.service.limits)
        if any(isinstance(step, NAMES_NONE) for step in steps):
            raise BadRequest("this names no entity")
        focus = walker.walk(steps)
    except NotSupported:
        raise
    except (NotFound, Problem) as error:
        raise BadRequest(f"{shown}: {error.message}", target=shown) from None
    if not isinstance(focus, Entity):
        raise BadRequest(f"{shown} is no entity", target=shown)
    return focus
