"""Values of properties and parameters, read from JSON against the model."""

from dataclasses import dataclass
from decimal import Decimal
from math import isnan
from typing import Any

from app.odata.engine.edm import (
    ComplexType,
    EnumType,
    Model,
    PrimitiveType,
    Property,
    Structured,
)
from app.odata.engine.primitives import from_json
from app.odata.engine.problems import BadRequest


@dataclass(frozen=True, slots=True)
class Values:
    """Reads what stands at one place of a body; `path` are the names that lead there."""

    model: Model
    path: tuple[str, ...] = ()

    def within(self, *names: str) -> "Values":
        """A reader of what stands under a member."""
        return Values(self.model, (*self.path, *names))

    def wrong(self, message: str, *names: str) -> BadRequest:
        """The error of a member below this place, its path in front of the message."""
        target = "/".join((*self.path, *names)) or None
        return BadRequest(f"{target}: {message}" if target else message, target=target)

    def unknown(self, name: str, kind: Structured) -> BadRequest:
        """The error of a member that the type does not have."""
        return self.wrong(f"{kind.name} has no such property", name[:100])

    def of(self, known: Property, member: Any) -> Any:
        """The value of a property; null is None. Raises BadRequest naming what is at fault."""
        if not known.collection:
            return None if member is None else self.within(known.name)._one(known, member)
        if not isinstance(member, list):
            raise self.wrong("a JSON array is expected", known.name)
        return [
            self.within(known.name, str(index))._one(known, each)
            for index, each in enumerate(member)
        ]

    def _one(self, known: Property, member: Any) -> Any:
        if isinstance(known.type, ComplexType):
            return self.complex(member, known.type)
        return self.checked(known, self.primitive(known.type, member))

    def checked(self, known: Property, value: Any) -> Any:
        """A primitive value against what its property says beyond the type. Raises BadRequest."""
        if known.max_length is not None and len(value) > known.max_length:
            raise self.wrong(f"longer than {known.max_length}")
        if isinstance(value, float) and isnan(value):
            raise self.wrong("NaN is not stored")  # SQLite would keep null instead.
        return self._decimal(known, value) if isinstance(value, Decimal) else value

    def _decimal(self, known: Property, value: Decimal) -> Decimal:
        """The same number, checked against scale and precision; zeros behind the last place that
        counts are left out.
        """
        if isinstance(known.scale, int):
            kept = _shortened(value, known.scale)
            if kept is None:
                raise self.wrong(f"more than {known.scale} decimal places")
            value = kept
        if known.precision is not None and value:
            places = known.scale if isinstance(known.scale, int) else _places(value)
            if value.adjusted() + 1 > known.precision - places:
                raise self.wrong(f"more than {known.precision} digits")
        return value

    def complex(self, value: Any, kind: ComplexType) -> dict[str, Any]:
        """The members of a complex value; those left out are absent. Raises BadRequest."""
        if not isinstance(value, dict):
            raise self.wrong("a JSON object is expected")
        known = self.model.properties(kind)
        found: dict[str, Any] = {}
        for name, member in value.items():
            if "@" in name:
                continue
            if name not in known:
                raise self.unknown(name, kind)
            if not known[name].writable:
                continue
            if member is None and not known[name].nullable:
                raise self.wrong("null is not allowed", name)
            found[name] = self.of(known[name], member)
        return found

    def primitive(self, kind: PrimitiveType | EnumType, member: Any) -> Any:
        """A primitive value. Raises BadRequest, also for null."""
        if member is None:
            raise self.wrong("null is not allowed")
        try:
            return from_json(kind, member)
        except ValueError as error:
            raise self.wrong(str(error)) from None

    def primitives(self, kind: PrimitiveType | EnumType, members: list[Any]) -> tuple[Any, ...]:
        """Primitive values of a collection, which may be long. Raises BadRequest naming the item
        at fault.
        """
        found: list[Any] = []
        try:
            for member in members:
                found.append(from_json(kind, member))
        except ValueError:
            self.within(str(len(found))).primitive(kind, members[len(found)])
        return tuple(found)


def _places(value: Decimal) -> int:
    """How many digits stand behind the point."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


def _shortened(value: Decimal, places: int) -> Decimal | None:
    """The same number with at most so many digits behind the point; None where it needs more. Not
    by arithmetic, whose precision would round.
    """
    surplus = _places(value) - places
    if surplus <= 0:
        return value
    sign, digits, _ = value.as_tuple()
    if any(digits[-surplus:]):
        return None
    return Decimal((sign, digits[:-surplus] or (0,), -places))
