"""Canonical functions: their signatures, and calls checked against them (URL Conventions 5.1.1.5
to 5.1.1.12).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.odata.engine.ast import Call, Literal, Node, NodeType
from app.odata.engine.edm import (
    BOOLEAN,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    FLOATS,
    INT32,
    INTEGERS,
    NUMBERS,
    STRING,
    TIME_OF_DAY,
    UNTYPED,
    CollectionType,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.grammar.lexer import Cursor
from app.odata.engine.grammar.literals import adapted
from app.odata.engine.grammar.operators import fit
from app.odata.engine.grammar.scope import type_name
from app.odata.engine.primitives import promote
from app.odata.engine.problems import Problem

Accepted = tuple[PrimitiveType, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes, for each parameter the types in the order in which a string literal
    is tried, and what it gives. The last `optional` parameters can be left out. `result` None: a
    number like the first argument, a Decimal for an integer.
    """

    parameters: tuple[Accepted, ...]
    result: PrimitiveType | None
    optional: int = 0


_TEXT: Final = (STRING,)
_WHOLE: Final = (INT32, *INTEGERS)
_INSTANT: Final = (DATE_TIME_OFFSET,)
_OF_DAY: Final = (DATE_TIME_OFFSET, DATE)
_OF_CLOCK: Final = (DATE_TIME_OFFSET, TIME_OF_DAY)
_NUMBER: Final = (DECIMAL, *NUMBERS)
_SHOWN: Final = {_WHOLE: "an integer", _NUMBER: "a number"}

SIGNATURES: Final[Mapping[str, Signature]] = {
    "concat": Signature((_TEXT, _TEXT), STRING),
    "contains": Signature((_TEXT, _TEXT), BOOLEAN),
    "endswith": Signature((_TEXT, _TEXT), BOOLEAN),
    "indexof": Signature((_TEXT, _TEXT), INT32),
    "length": Signature((_TEXT,), INT32),
    "startswith": Signature((_TEXT, _TEXT), BOOLEAN),
    "substring": Signature((_TEXT, _WHOLE, _WHOLE), STRING, optional=1),
    "matchespattern": Signature((_TEXT, _TEXT), BOOLEAN),
    "tolower": Signature((_TEXT,), STRING),
    "toupper": Signature((_TEXT,), STRING),
    "trim": Signature((_TEXT,), STRING),
    "date": Signature((_INSTANT,), DATE),
    "day": Signature((_OF_DAY,), INT32),
    "fractionalseconds": Signature((_OF_CLOCK,), DECIMAL),
    "hour": Signature((_OF_CLOCK,), INT32),
    "maxdatetime": Signature((), DATE_TIME_OFFSET),
    "mindatetime": Signature((), DATE_TIME_OFFSET),
    "minute": Signature((_OF_CLOCK,), INT32),
    "month": Signature((_OF_DAY,), INT32),
    "now": Signature((), DATE_TIME_OFFSET),
    "second": Signature((_OF_CLOCK,), INT32),
    "time": Signature((_INSTANT,), TIME_OF_DAY),
    "totaloffsetminutes": Signature((_INSTANT,), INT32),
    "totalseconds": Signature(((DURATION,),), DECIMAL),
    "year": Signature((_OF_DAY,), INT32),
    "ceiling": Signature((_NUMBER,), None),
    "floor": Signature((_NUMBER,), None),
    "round": Signature((_NUMBER,), None),
}
TYPE_FUNCTIONS: Final = ("cast", "isof")
CASE: Final = "case"
SUPPORTED: Final = frozenset((*SIGNATURES, *TYPE_FUNCTIONS, CASE))
NOT_SUPPORTED: Final = frozenset(
    ("hassubset", "hassubsequence", "geo.distance", "geo.intersects", "geo.length", "isdefined")
)
_SCALAR: Final = PrimitiveType | EnumType | None
_OF_COLLECTIONS: Final = frozenset(
    ("concat", "contains", "endswith", "indexof", "length", "startswith", "substring")
)


def call(name: str, arguments: Sequence[Node], position: int, cursor: Cursor) -> Call:
    """A call of a function of the table. Raises BadRequest for a wrong number of arguments, or an
    argument of a wrong type.
    """
    signature = SIGNATURES[name]
    most = len(signature.parameters)
    if not most - signature.optional <= len(arguments) <= most:
        least = f"{most - signature.optional} or " if signature.optional else ""
        message = f"{name} takes {least}{most} arguments, not {len(arguments)}"
        raise cursor.wrong(message, position)
    taken = tuple(
        _argument(name, each, accepted, cursor)
        for each, accepted in zip(arguments, signature.parameters, strict=False)
    )
    return Call(name, taken, signature.result or _rounded(taken[0].type), position)


def conditional(pairs: Sequence[tuple[Node, Node]], position: int, cursor: Cursor) -> Call:
    """case(condition:value,…). The values have one type, or are numbers (5.1.1.12.1)."""
    known: NodeType = next((value.type for _, value in pairs if _decides(value)), None)
    if known is None:
        known = next((value.type for _, value in pairs if value.type is not None), None)
    flat: list[Node] = []
    for condition, given in pairs:
        value = adapted(given, known, cursor)
        if not (fit(known, value.type) and isinstance(value.type, _SCALAR)):
            types = f"{type_name(known)} and {type_name(value.type)}"
            raise cursor.unsupported(f"case with values of {types} is", position)
        known = promote(known, value.type) or known
        flat += (condition, value)
    return Call(CASE, tuple(flat), known, position)


def _decides(value: Node) -> bool:
    """Its type is not up for adaptation, as that of a string literal is."""
    return value.type is not None and not (isinstance(value, Literal) and value.type == STRING)


def _argument(name: str, node: Node, accepted: Accepted, cursor: Cursor) -> Node:
    if node.type in accepted or node.type in (None, UNTYPED):
        return node
    if isinstance(node.type, CollectionType) and name in _OF_COLLECTIONS:
        raise cursor.unsupported(f"{name} of a collection is", node.position)
    refusal: Problem | None = None
    for kind in accepted:
        try:
            brought = adapted(node, kind, cursor)
        except Problem as error:
            refusal = error
            continue
        if brought.type == kind:
            return brought
    if refusal is not None:
        raise refusal
    wanted = _SHOWN.get(accepted) or " or ".join(each.name for each in accepted)
    message = f"{name} takes {wanted} here, not {type_name(node.type)}"
    raise cursor.wrong(message, node.position)


def _rounded(kind: NodeType) -> NodeType:
    if kind in FLOATS:
        return DOUBLE
    return kind if kind in (None, UNTYPED) else DECIMAL
