"""Calls of operations in a path: which overload is meant, with which arguments (4.5)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.odata.engine.addresses.segments import MAX_SHOWN, parts
from app.odata.engine.edm import CollectionType, EdmType, Model, Operation, Parameter, Structured
from app.odata.engine.problems import BadRequest

_ARGUMENT: Final = re.compile(r"([^\W\d]\w*+)\s*=\s*(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Invocation:
    """An operation with what the path says of its parameters; as steps.OperationStep has it."""

    operation: Operation
    arguments: Mapping[str, str]
    missing: tuple[Parameter, ...] = ()


def choose(
    model: Model, candidates: Sequence[Operation], inside: str | None, given: Collection[str]
) -> Invocation:
    """The overload that is called. `inside` is the text in parentheses, None without them; `given`
    the names of the query options, which count where the parentheses say nothing.

    The nearest binding type wins, then the overload that has exactly the parameters named, then
    the one that needs no others (Protocol 11.5.4.2). Raises BadRequest.
    """
    nearest = _nearest(model, candidates)
    arguments = _arguments(nearest, inside or "")
    if nearest[0].kind == "action":
        if arguments:
            raise BadRequest(
                f"{nearest[0].name} takes its parameters in the body", target=nearest[0].name
            )
        return Invocation(nearest[0], {})
    operation = _overload(nearest, arguments, given)
    declared = {each.name.lower(): each for each in operation.parameters}
    named = {declared[name].name: text for name, text in arguments.items()}
    missing = () if arguments else operation.parameters
    return Invocation(operation, named, missing)


def _nearest(model: Model, candidates: Sequence[Operation]) -> list[Operation]:
    depths = [_depth(model, each.bound_to) for each in candidates]
    return [each for each, depth in zip(candidates, depths, strict=True) if depth == max(depths)]


def _depth(model: Model, kind: EdmType | None) -> int:
    item = kind.item if isinstance(kind, CollectionType) else kind
    return len(model.lineage(item)) if isinstance(item, Structured) else 0


def _arguments(candidates: Sequence[Operation], text: str) -> dict[str, str]:
    """The arguments by lower-case name."""
    found: dict[str, str] = {}
    for piece in parts(text):
        match = _ARGUMENT.fullmatch(piece)
        if match is None:
            raise BadRequest(
                f"{candidates[0].name}: an argument has the form name=value",
                target=piece[:MAX_SHOWN],
            )
        if match[1].lower() in found:
            raise BadRequest("An argument is given twice", target=match[1][:MAX_SHOWN])
        found[match[1].lower()] = match[2]
    return found


def _overload(
    candidates: Sequence[Operation], arguments: Mapping[str, str], given: Collection[str]
) -> Operation:
    names = set(arguments) or _implicit(candidates, given)
    exact = [each for each in candidates if _names(each) == names]
    wider = [each for each in candidates if _needed(each) <= names <= _names(each)]
    # Without a word about parameters, the caller may yet find them, or say which one is missing.
    silent = [] if arguments else candidates
    for fitting in (exact, wider, silent):
        if len(fitting) == 1:
            return fitting[0]
    raise BadRequest(_reason(candidates, names), target=candidates[0].name)


def _reason(candidates: Sequence[Operation], names: set[str]) -> str:
    """Why none of the overloads can be called with parameters of these names."""
    name = candidates[0].name
    unknown = names.difference(*map(_names, candidates))
    if unknown:
        return f"{name} has no parameter {min(unknown)[:MAX_SHOWN]}"
    if len(candidates) == 1:
        return f"{name} lacks {', '.join(sorted(_needed(candidates[0]) - names))}"
    return f"{name} has several forms, and none that these parameters name"


def _implicit(candidates: Sequence[Operation], given: Collection[str]) -> set[str]:
    known = set[str]().union(*map(_names, candidates))
    return known & {name.lower().removeprefix("@") for name in given}


def _names(operation: Operation) -> set[str]:
    return {each.name.lower() for each in operation.parameters}


def _needed(operation: Operation) -> set[str]:
    return {each.name.lower() for each in operation.parameters if not each.nullable}
