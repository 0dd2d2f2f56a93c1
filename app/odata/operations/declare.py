"""How an operation of InLoox's is declared: names in `Default`, parameters in their spelling."""

from collections.abc import Callable, Mapping
from typing import Any

from app.odata.engine.edm import (
    CollectionType,
    EdmType,
    EntityType,
    Operation,
    Parameter,
)
from app.odata.engine.source import Answer, Call, Handler
from app.odata.sets.spelling import Names, spelled

NAMESPACE = "Default"
Declared = tuple[Operation, Handler]
Run = Callable[[Call], Answer]


def parameter(name: str, kind: EdmType) -> Parameter:
    """One that has to be sent."""
    return Parameter(name, kind, nullable=False)


def optional(name: str, kind: EdmType) -> Parameter:
    """One that may be left out, or be null."""
    return Parameter(name, kind)


def many(kind: Any) -> CollectionType:
    """A collection of a type."""
    return CollectionType(kind)


def action(
    name: str,
    bound_to: EdmType,
    run: Run,
    *parameters: Parameter,
    returns: EdmType | None = None,
    status: int = 200,
    on_request: bool = False,
    members: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda body: body,
    says: Names | None = None,
) -> Declared:
    """An action with what runs it; without `returns` it answers 204. `members` may rename members
    of the body, `says` is fields of its commands -> parameters, for errors.
    """
    made = Operation(
        name,
        NAMESPACE,
        "action",
        bound_to,
        parameters,
        returns,
        set_path=_set_path(returns, bound_to),
    )
    run = run if says is None else _saying(run, says)
    handler = Handler(run, 204 if returns is None else status, on_request, members)
    return made, handler


def function(
    name: str,
    bound_to: EdmType,
    run: Run,
    *parameters: Parameter,
    returns: EdmType | None = None,
    writes: bool = False,
) -> Declared:
    """A function with what runs it."""
    made = Operation(name, NAMESPACE, "function", bound_to, parameters, returns, writes=writes)
    return made, Handler(run, 204 if returns is None else 200)


def _saying(run: Run, names: Names) -> Run:
    def said(call: Call) -> Answer:
        with spelled(names):
            return run(call)

    return said


def _set_path(returns: EdmType | None, bound_to: EdmType) -> str | None:
    """What comes out of the set that the operation is bound to is said to come from there."""
    item = returns.item if isinstance(returns, CollectionType) else returns
    bound = bound_to.item if isinstance(bound_to, CollectionType) else bound_to
    return "bindingParameter" if isinstance(item, EntityType) and item is bound else None
