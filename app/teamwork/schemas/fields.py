"""Types of payload members. Where the two shapes differ (decision 10), the schema's `live`
decides.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from app.http.payload import TEXT, JsonType, PayloadField, PayloadSchema

NUMBER: JsonType = {"type": "integer"}
DIGITS: JsonType = {"type": "string", "pattern": r"^(-?\d+)?$"}
FLAG01: JsonType = {"type": "string", "enum": ["1", "0"]}
BOOLEAN: JsonType = {"type": "boolean"}


class TeamworkSchema(PayloadSchema):
    """A payload in the documented shape, or as the live service sends it.

    `live_form` is the class that stands for this one in the live shape, where its members differ.
    """

    live_form: ClassVar["type[TeamworkSchema] | None"] = None

    def __init__(self, *, live: bool = False, **options: Any) -> None:
        self.live = live
        super().__init__(**options)

    @classmethod
    def in_shape(cls, shape: str) -> PayloadSchema:
        """This payload in a shape."""
        return (cls.live_form or cls)(live=True) if shape == "live" else cls()


class ShapedField(PayloadField):
    """A member whose form depends on the shape; `live_type` is its json_type in the live one."""

    live_type: JsonType | None = None

    @property
    def live(self) -> bool:
        """The payload is in the live service's shape."""
        return bool(getattr(self.parent, "live", False))

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the member in the shape of its payload."""
        return dict((self.live_type if self.live else None) or self.json_type)


class Number(ShapedField):
    """An id or a count: a string as documented, a number from the live service."""

    json_type = DIGITS
    live_type = NUMBER

    def render(self, value: Any) -> Any:
        return value if self.live else str(value)

    def render_all(self, values: Sequence[Any]) -> Sequence[Any]:
        return values if self.live else list(map(str, values))


class OptionalNumber(ShapedField):
    """As Number, with "" (live: 0) for None."""

    json_type = DIGITS
    live_type = NUMBER

    def render(self, value: Any) -> Any:
        if self.live:
            return value or 0
        return "" if value is None else str(value)


class IdText(PayloadField):
    """An id that is text in both shapes, "" for None."""

    json_type = DIGITS

    def render(self, value: Any) -> str:
        return "" if value is None else str(value)


class Plain(PayloadField):
    """A value as it is."""

    json_type = TEXT

    def render_all(self, values: Sequence[Any]) -> Sequence[Any]:
        return values


class PlainNumber(Plain):
    """A number that is one in both shapes."""

    json_type = NUMBER


class Flag(PayloadField):
    """true or false."""

    json_type = BOOLEAN

    def render(self, value: Any) -> bool:
        return bool(value)

    def render_all(self, values: Sequence[Any]) -> Sequence[Any]:
        return list(map(bool, values))


class Flag01(PayloadField):
    """ "1" or "0" in both shapes."""

    json_type = FLAG01

    def render(self, value: Any) -> str:
        return "1" if value else "0"


class ShapedFlag(ShapedField):
    """ "1" or "0" as documented, true or false from the live service."""

    json_type = FLAG01
    live_type = BOOLEAN

    def render(self, value: Any) -> Any:
        return bool(value) if self.live else "1" if value else "0"


class IsSet(ShapedFlag):
    """Whether there is a value."""

    def render(self, value: Any) -> Any:
        return super().render(value is not None)


class Ymd(PayloadField):
    """A day as YYYYMMDD, "" for none."""

    json_type: JsonType = {"type": "string", "pattern": r"^(\d{8})?$", "examples": ["20140512"]}

    def render(self, value: date | None) -> str:
        return "" if value is None else value.isoformat().replace("-", "")


class Stamp(PayloadField):
    """An instant as 2014-05-08T15:07:23Z, "" for none."""

    json_type: JsonType = {
        "type": "string",
        "pattern": r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?$",
        "examples": ["2014-05-08T15:07:23Z"],
    }

    def render(self, value: datetime | None) -> str:
        return "" if value is None else value.isoformat()[:19] + "Z"


class Milliseconds(PayloadField):
    """An instant as milliseconds since 1970."""

    json_type = NUMBER

    def render(self, value: datetime) -> int:
        return int(value.timestamp() * 1000)


class Minutes(Number):
    """Hours of work as whole minutes."""

    def render(self, value: float) -> Any:
        return super().render(round(value * 60))

    def render_all(self, values: Sequence[Any]) -> Sequence[Any]:
        return [self.render(value) for value in values]


PRIORITY_NAMES = {1: "high", 2: "medium", 3: "low"}


class Priority(PayloadField):
    """high, medium, low or ""."""

    json_type: JsonType = {"type": "string", "enum": ["high", "medium", "low", ""]}

    def render(self, value: int) -> str:
        return PRIORITY_NAMES.get(value, "")


class CsvIds(PayloadField):
    """Ids as a comma list."""

    json_type: JsonType = {"type": "string", "pattern": r"^(\d+(,\d+)*)?$"}

    def render(self, value: Sequence[Any]) -> str:
        return ",".join(str(getattr(each, "id", each)) for each in value)


class ProjectStatus(PayloadField):
    """active or archived."""

    json_type: JsonType = {"type": "string", "enum": ["active", "archived"]}

    def render(self, value: datetime | None) -> str:
        return "active" if value is None else "archived"


class Constant(PayloadField):
    """A member that Tandem's model makes the same for every row; `attribute` is any column."""

    json_type: JsonType = {}

    def __init__(self, data_key: str, value: Any) -> None:
        super().__init__(data_key, "id")
        self.json_type = {"const": value}
        self._value = value

    def render(self, value: Any) -> Any:
        return self._value


def hex_color(color: int | None) -> str:
    """0xRRGGBB as #RRGGBB, "" for none."""
    return "" if color is None else f"#{color & 0xFFFFFF:06X}"
