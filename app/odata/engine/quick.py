"""Reading the values of bodies that have nothing unusual: one function for each property, found out
once for a type. What these refuse is read the long way (values.py), which says what is wrong.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from app.odata.engine.edm import DECIMAL, FLOATS, STREAM, EntityType, Model, PrimitiveType, Property
from app.odata.engine.primitives import json_reader

Read = Callable[[Any], Any]
MOST_TYPES: Final = 256
REFUSALS: Final = (ValueError, OverflowError)


@lru_cache(MOST_TYPES)
def readers(model: Model, kind: EntityType, creating: bool) -> Mapping[str, Read]:
    """How the values of a type's properties are read, as far as it is simple. They raise one of
    REFUSALS.
    """
    key = () if creating else model.key(kind)
    found: dict[str, Read] = {}
    for name, each in model.properties(kind).items():
        if each.writable and not each.collection and each not in key:
            read = _reader(each, is_key=each in model.key(kind))
            if read is not None:
                found[name] = read
    return found


def _reader(known: Property, *, is_key: bool) -> Read | None:
    """How a property is read; None where it is not simple."""
    kind, longest = known.type, known.max_length
    if not isinstance(kind, PrimitiveType) or kind in (STREAM, DECIMAL):
        return None
    read, real, nullable = json_reader(kind), kind in FLOATS, known.nullable and not is_key

    def one(member: Any) -> Any:
        if member is None:
            if nullable:
                return None
            raise ValueError
        value = read(member)
        if (longest is not None and len(value) > longest) or (real and value != value):
            raise ValueError
        return value

    return one
