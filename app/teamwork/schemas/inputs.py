"""Types of request members. They take the spellings that real clients send and give neutral values.

A field that is sent as "" or null is cleared: it loads as `cleared`, or as UNSET where nothing can
be cleared, or is refused where a value is needed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from app.errors import Invalid
from app.services.commands import UNSET
from app.teamwork.schemas.spellings import boolean, parts, stamp, whole, ymd

MAX_ID: Final = 2**31 - 1
REFUSED: Final = object()


class InputField(fields.Field[Any]):
    """A member of a request body; `parse`, `expected` and `json_type` are all that a subclass
    needs.
    """

    expected = "a value"
    json_type: Mapping[str, Any]
    default_error_messages = {"required": "is missing"}

    def __init__(self, *, cleared: Any = UNSET, aliases: tuple[str, ...] = (), **options: Any):
        super().__init__(load_only=True, allow_none=True, **options)
        needed = cleared is UNSET and options.get("required")
        self.cleared = REFUSED if needed else cleared
        self.aliases = aliases

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any) -> Any:
        """The neutral value; marshmallow's hook around `_deserialize`."""
        if value is None or value == "":
            if self.cleared is REFUSED:
                raise ValidationError(f"may not be empty: {self.expected}")
            return self.cleared
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            return self.parse(value)
        except (ValueError, TypeError, OverflowError):
            raise ValidationError(f"must be {self.expected}") from None

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of what is accepted, as /openapi.json shows it."""
        also = f"; also spelled {', '.join(self.aliases)}" if self.aliases else ""
        schema = {**self.json_type, "description": f"{self.expected}{also}"}
        if self.cleared is not REFUSED:
            kinds = schema["type"]
            schema["type"] = [*(kinds if isinstance(kinds, list) else [kinds]), "null"]
        return schema

    def parse(self, value: Any) -> Any:
        """The neutral value of a JSON value. Raises ValueError or TypeError."""
        raise NotImplementedError


class Text(InputField):
    """A string, up to a number of characters."""

    json_type: Mapping[str, Any] = {"type": "string"}

    def __init__(self, longest: int, *, cleared: Any = "", **options: Any) -> None:
        super().__init__(cleared=cleared, **options)
        self.longest = longest
        self.json_type = {**self.json_type, "maxLength": longest}
        self.expected = f"a string of at most {longest} characters"

    def parse(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.longest:
            raise ValueError
        if self.cleared is REFUSED and not value.strip():
            raise ValidationError("may not be blank")
        return value


class Whole(InputField):
    """A whole number within bounds, as a number or as digits."""

    json_type: Mapping[str, Any] = {"type": ["integer", "string"]}

    def __init__(self, low: int, high: int, **options: Any) -> None:
        super().__init__(**options)
        self.low, self.high = low, high
        self.json_type = {**self.json_type, "minimum": low, "maximum": high}
        self.expected = f"a whole number from {low} to {high}"

    def parse(self, value: Any) -> int:
        number = whole(value)
        if not self.low <= number <= self.high:
            raise ValueError
        return number


class Id(Whole):
    """The id of something. `zero` is what 0 means; without it, 0 is refused."""

    def __init__(self, *, zero: Any = REFUSED, **options: Any) -> None:
        super().__init__(0 if zero is not REFUSED else 1, MAX_ID, **options)
        self.expected = "an id"
        self.zero = zero

    def parse(self, value: Any) -> Any:
        number = super().parse(value)
        return number or self.zero


class Place(Whole):
    """positionAfterTask: -2 ignores, -1 top, 0 bottom, else a task's id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(-2, MAX_ID, **options)
        self.expected = "-2, -1, 0 or a task's id"

    def parse(self, value: Any) -> Any:
        number = super().parse(value)
        return UNSET if number == -2 else number


class Hours(Whole):
    """Minutes in the request, hours of work inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(0, 10_000_000, cleared=0.0, **options)

    def parse(self, value: Any) -> Any:
        return super().parse(value) / 60


class Bool(InputField):
    """yes/no, true/false, 1/0."""

    expected = "true or false"
    json_type: Mapping[str, Any] = {"type": ["boolean", "string", "integer"]}

    def parse(self, value: Any) -> bool:
        return boolean(value)


class Day(InputField):
    """YYYYMMDD."""

    expected = "a day as YYYYMMDD"
    json_type: Mapping[str, Any] = {"type": ["string", "integer"], "examples": ["20140512"]}

    def parse(self, value: Any) -> date:
        return ymd(value)


class Instant(InputField):
    """YYYYMMDDHHMMSS, UTC."""

    expected = "an instant as YYYYMMDDHHMMSS (UTC)"
    json_type: Mapping[str, Any] = {"type": ["string", "integer"], "examples": ["20140512100000"]}

    def parse(self, value: Any) -> datetime:
        return stamp(value)


class Word(InputField):
    """One of some words, in any case."""

    json_type: Mapping[str, Any] = {"type": "string"}

    def __init__(self, words: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.words = words
        self.json_type = {**self.json_type, "enum": [*words, *self._clearing()]}
        self.expected = "one of " + ", ".join(word for word in words)

    def _clearing(self) -> list[Any]:
        return [] if self.cleared is REFUSED else ["", None]

    def parse(self, value: Any) -> Any:
        if not isinstance(value, str) or value.strip().lower() not in self.words:
            raise ValueError
        return self.words[value.strip().lower()]


class Ids(InputField):
    """Ids as a number, a comma list or an array; `none` are spellings of "nobody", `leave` of "as
    it is".
    """

    expected = "ids as a comma list"
    json_type: Mapping[str, Any] = {
        "type": ["string", "integer", "array"],
        "items": {"type": ["integer", "string"]},
    }

    def __init__(
        self, *, none: tuple[int, ...] = (), leave: tuple[int, ...] = (), **options: Any
    ) -> None:
        super().__init__(cleared=(), **options)
        self.none = none
        self.leave = leave

    def parse(self, value: Any) -> Any:
        found = [whole(part) for part in parts(value)]
        if found and all(each in self.leave for each in found):
            return UNSET
        ids = [each for each in found if each not in self.none]
        if any(not 1 <= each <= MAX_ID for each in ids) or len(ids) > 1000:
            raise ValueError
        return tuple(dict.fromkeys(ids))


class Texts(InputField):
    """Strings as a comma list or an array, trimmed, without repetitions."""

    json_type: Mapping[str, Any] = {"type": ["string", "array"], "items": {"type": "string"}}

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(cleared=(), **options)
        self.longest = longest
        self.expected = f"a comma list of words of at most {longest} characters"

    def parse(self, value: Any) -> tuple[str, ...]:
        found = [part.strip() for part in parts(value) if isinstance(part, str)]
        if len(found) != len(parts(value)) or len(found) > 200:
            raise ValueError
        if any(len(part) > self.longest for part in found):
            raise ValueError
        return tuple(dict.fromkeys(part for part in found if part))


class PredecessorList(InputField):
    """Objects with an id, and a type that is "complete" (the default) or "start"."""

    expected = 'an array of {"id": a task\'s id, "type": "complete" or "start"}'
    json_type: Mapping[str, Any] = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "id": {"type": ["integer", "string"]},
                "type": {"type": "string", "enum": ["complete", "start"]},
            },
            "required": ["id"],
        },
    }

    def parse(self, value: Any) -> tuple[tuple[int, str], ...]:
        if not isinstance(value, list) or len(value) > 1000:
            raise ValueError
        return tuple(self._one(each) for each in value)

    def _one(self, each: Any) -> tuple[int, str]:
        if not isinstance(each, dict) or "id" not in each:
            raise ValueError
        kind = each.get("type") or "complete"
        number = whole(each["id"])
        if kind not in ("complete", "start") or not 1 <= number <= MAX_ID:
            raise ValueError
        return number, kind


class RequestSchema(Schema):
    """A request body: names in any case, unknown ones ignored, errors collected by member."""

    class Meta:
        """Clients send members that we have no use for."""

        unknown = EXCLUDE

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """The neutral values of a body whose keys are in lower case; what is UNSET is left out.

        Raises Invalid, naming members as the document spells them.
        """
        loaded = _quickly(cls, body)
        if loaded is None:
            loaded = _thoroughly(cls, body)
        return {name: value for name, value in loaded.items() if value is not UNSET}


Spellings = Mapping[str, tuple[str, fields.Field[Any]]]


@cache
def _made(kind: type[RequestSchema]) -> tuple[RequestSchema, Spellings, frozenset[str]]:
    """The schema, its fields by every spelling with their names, and the names that are needed:
    made once, since marshmallow copies all fields for each schema.
    """
    schema = kind()
    spelled = {
        each.lower(): (name, field)
        for name, field in schema.load_fields.items()
        for each in (*getattr(field, "aliases", ()), field.data_key or name)
    }
    needed = frozenset(name for name, field in schema.load_fields.items() if field.required)
    return schema, spelled, needed


def _quickly(kind: type[RequestSchema], body: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a good body holds: only the members that were sent are looked at. None for a body that
    has something wrong.
    """
    _, spelled, needed = _made(kind)
    loaded = {}
    try:
        for key, value in body.items():
            if key in spelled:
                name, field = spelled[key]
                loaded[name] = field.deserialize(value, key, body)
    except ValidationError:
        return None
    return loaded if needed <= loaded.keys() else None


def _thoroughly(kind: type[RequestSchema], body: Mapping[str, Any]) -> dict[str, Any]:
    """As `_quickly`, by marshmallow, which tells all that is wrong."""
    schema, spelled, _ = _made(kind)
    known = {}
    for key, value in body.items():
        if key in spelled:
            name, field = spelled[key]
            known[field.data_key or name] = value
    try:
        loaded: dict[str, Any] = schema.load(known)
    except ValidationError as error:
        said: Any = error.messages
        raise Invalid({str(name): _texts(said[name]) for name in said}) from None
    return loaded


def _texts(said: Any) -> list[str]:
    if isinstance(said, Mapping):
        return [text for each in said.values() for text in _texts(each)]
    return [str(each) for each in said] if isinstance(said, list) else [str(said)]


def envelope(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a wrapper member such as `todo-item`. Raises Invalid naming the wrapper."""
    inner = body.get(name.lower())
    if not isinstance(inner, Mapping):
        wrong = "is missing" if inner is None else "must be an object"
        raise Invalid({name: f'{wrong}: send {{"{name}": {{…}}}}'})
    return inner
