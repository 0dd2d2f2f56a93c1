"""Expressions and options of OData out of the model: mostly well typed, often not."""

import random
from collections.abc import Callable
from typing import Final

from app.odata.engine.edm import EntityType, Model, Navigation, Structured
from tests.torture.fuzz_running import some
from tests.torture.fuzz_words import GUID, TEXTS

LITERALS: Final = {
    "Edm.Guid": (GUID, f"'{GUID}'", GUID.upper(), GUID[:-2], "guid'x'", "null"),
    "Edm.String": ("'x'", "''", "'O''Neil'", "'%'", "'\u00c4\U0001f600'", "'a%00b'", "null", "'"),
    "Edm.Int32": ("0", "1", "-1", "2147483647", "-2147483648", "2147483648", "1.5", "null"),
    "Edm.Int64": ("0", "1", "9223372036854775807", "9223372036854775808", "-9223372036854775808"),
    "Edm.Double": ("0.5", "1e0", "-2.5", "INF", "-INF", "NaN", "1e308", "1e400", "null", "1e-400"),
    "Edm.Single": ("0.5", "3.4e38", "1e39", "INF", "NaN", "null"),
    "Edm.Boolean": ("true", "false", "null", "True", "1"),
    "Edm.DateTimeOffset": (
        *("2014-05-12T10:00:00Z", "2014-05-12", "0001-01-01T00:00:00Z", "now()", "null"),
        *("9999-12-31T23:59:59.999999999999Z", "2014-05-12T10:00:00-14:00", "maxdatetime()"),
        *("2014-02-30T00:00:00Z", "mindatetime()", "-0001-01-01T00:00:00Z", "2014-05-12T24:00Z"),
    ),
    "Edm.Date": ("2014-05-12", "0001-01-01", "9999-12-31", "null"),
    "Edm.TimeOfDay": ("10:00", "23:59:59.999999999999", "24:00:00"),
    "Edm.Duration": ("duration'PT1H'", "duration'P99999999999D'", "duration'-PT0.0000001S'"),
}
KINDS: Final = tuple(LITERALS)
WEIRD: Final = (
    *(
        "[]",
        "[1,'a',null]",
        '{"a":1}',
        "@p",
        "@q",
        "$it",
        "$it/Name",
        "$root/Task",
        "$this",
        "(1,2)",
    ),
    *("binary'AA=='", "1e400", "9" * 60, "'" + "x" * 900 + "'", "geography'POINT(1 1)'", "()"),
    *("Nope", "$count", "cast(Nope)", "isof(Edm.String)", "case()", "-", "not", "eq", "%00"),
)
TWO: Final = ("eq", "ne", "gt", "ge", "lt", "le", "has", "in", "EQ", "==")
CAREFUL: Final = 0.65
RARE: Final = 0.1
SUMS: Final = ("add", "sub", "mul", "div", "divby", "mod")
# Name, kind of what it gives, kinds of its arguments.
FUNCTIONS: Final = (
    *(("concat", "Edm.String", ("Edm.String", "Edm.String")),),
    *((name, "Edm.String", ("Edm.String",)) for name in ("tolower", "toupper", "trim")),
    *(("substring", "Edm.String", ("Edm.String", "Edm.Int32", "Edm.Int32")[:n]) for n in (2, 3)),
    *(
        (name, "Edm.Boolean", ("Edm.String",) * 2)
        for name in ("contains", "startswith", "endswith")
    ),
    ("matchesPattern", "Edm.Boolean", ("Edm.String", "Edm.String")),
    ("indexof", "Edm.Int32", ("Edm.String", "Edm.String")),
    ("length", "Edm.Int32", ("Edm.String",)),
    *((name, "Edm.Int32", ("Edm.DateTimeOffset",)) for name in ("year", "month", "day", "hour")),
    *((name, "Edm.Int32", ("Edm.DateTimeOffset",)) for name in ("second", "totaloffsetminutes")),
    ("fractionalseconds", "Edm.Double", ("Edm.DateTimeOffset",)),
    ("date", "Edm.Date", ("Edm.DateTimeOffset",)),
    ("time", "Edm.TimeOfDay", ("Edm.DateTimeOffset",)),
    ("totalseconds", "Edm.Double", ("Edm.Duration",)),
    *((name, "Edm.Double", ("Edm.Double",)) for name in ("round", "floor", "ceiling")),
    ("geo.distance", "Edm.Double", ("Edm.String", "Edm.String")),
    ("hassubset", "Edm.Boolean", ("Edm.String", "Edm.String")),
)


class Expressions:
    """Draws expressions over entities of a type."""

    def __init__(self, draw: random.Random, model: Model, uids: Callable[[], str]) -> None:
        self.draw, self.model, self.uid = draw, model, uids
        self.careful = draw.random() < CAREFUL
        self._bound: list[str] = []  # variables of the lambdas around

    def chance(self, share: float) -> bool:
        """True that often; a careful request has nothing that is rare, which is what is wrong."""
        if self.careful and share <= RARE:
            return False
        return self.draw.random() < share

    def navigation(self, kind: Structured) -> Navigation | None:
        """A way to other entities."""
        found = tuple(self.model.navigations(kind).values())
        return some(self.draw, *found) if found else None

    def target(self, navigation: Navigation) -> EntityType:
        """Where it leads."""
        return self.model.entity_type(navigation.target)

    def member(self, kind: Structured, wanted: str = "", depth: int = 2) -> str:
        """A path to a property, of the wanted type if there is one."""
        if self._bound and depth == 2 and not self.chance(0.05):
            return f"{self._bound[-1]}/{self._path(kind, wanted, depth)}"
        return self._path(kind, wanted, depth)

    def _path(self, kind: Structured, wanted: str, depth: int) -> str:
        way = self.navigation(kind)
        if way is not None and depth and self.chance(0.2):
            if not way.collection:
                return f"{way.name}/{self._path(self.target(way), wanted, depth - 1)}"
            if wanted.startswith("Edm.Int"):
                return f"{way.name}/$count"
        names = [
            each.name
            for each in self.model.properties(kind).values()
            if not wanted or each.type.qualified == wanted
        ]
        if self.chance(0.02) or not names:
            return str(some(self.draw, "Nope", "$it", "Name/x", "pf_dt0_x", "", "@odata.id", "*"))
        return str(some(self.draw, *names))

    def literal(self, wanted: str) -> str:
        """A literal, of the wanted type as a rule."""
        if wanted == "Edm.Guid" and self.chance(0.6):
            return self.uid()
        if self.chance(0.06):
            return str(some(self.draw, *WEIRD))
        return str(
            some(
                self.draw,
                *LITERALS.get(wanted, LITERALS["Edm.String"])[: None if self.chance(0.1) else 3],
            )
        )

    def value(self, kind: Structured, wanted: str, depth: int) -> str:
        """A value of the wanted type, as a rule."""
        if self.chance(0.04):
            wanted = some(self.draw, *KINDS)
        choice = self.draw.random()
        if choice < 0.4 or not depth:
            return self.member(kind, wanted) if choice < 0.28 else self.literal(wanted)
        if choice < 0.6:
            fit = [each for each in FUNCTIONS if each[1] == wanted] or FUNCTIONS
            name, _, takes = some(self.draw, *fit)
            return f"{name}({','.join(self.value(kind, each, depth - 1) for each in takes)})"
        if choice < 0.75:
            first, second = (self.value(kind, wanted, depth - 1) for _ in range(2))
            return f"({first} {some(self.draw, *SUMS)} {second})"
        if choice < 0.8:
            other = some(self.draw, *KINDS)
            return f"cast({self.value(kind, other, depth - 1)},{wanted})"
        if choice < 0.85:
            then = self.value(kind, wanted, depth - 1)
            return f"case({self.condition(kind, depth - 1)}:{then},true:null)"
        if choice < 0.9:
            return f"-{self.value(kind, wanted, depth - 1)}"
        return self.member(kind, wanted)

    def condition(self, kind: Structured, depth: int = 3) -> str:
        """Something true or false, as a rule."""
        choice = self.draw.random()
        if not depth or choice < 0.35:
            return self._comparison(kind, max(depth - 1, 0))
        if choice < 0.55:
            word = (
                some(self.draw, "AND", "xor") if self.chance(0.1) else some(self.draw, "and", "or")
            )
            return f"{self.condition(kind, depth - 1)} {word} {self.condition(kind, depth - 1)}"
        if choice < 0.65:
            return f"not ({self.condition(kind, depth - 1)})"
        if choice < 0.8:
            return self._lambda(kind, depth)
        if choice < 0.84 and self.chance(0.1):
            return "(" * (nested := self.draw.choice((3, 40, 400))) + "true" + ")" * nested
        return self.value(kind, "Edm.Boolean", depth - 1)

    def _comparison(self, kind: Structured, depth: int) -> str:
        wanted = some(self.draw, *KINDS[:8])
        word = some(self.draw, *(TWO if self.chance(0.1) else TWO[:6]))
        if self.draw.random() < 0.1:
            word = "in"
        if word == "in":
            inside = ",".join(self.literal(wanted) for _ in range(self.draw.randrange(5)))
            return f"{self.member(kind, wanted)} in ({inside})"
        return f"{self.value(kind, wanted, depth)} {word} {self.value(kind, wanted, depth)}"

    def _lambda(self, kind: Structured, depth: int) -> str:
        way = self.navigation(kind)
        if way is None:
            return "true"
        name = f"x{len(self._bound)}"
        before = f"{self._bound[-1]}/" if self._bound else ""
        self._bound.append(name)
        inner = self.condition(self.target(way), depth - 1)
        self._bound.pop()
        word = some(self.draw, "any", "all")
        path = f"{before}{way.name}" if way.collection else f"{before}{way.name}/Tasks"
        return f"{path}/{word}({'' if self.chance(0.1) else f'{name}:{inner}'})"

    def search(self) -> str:
        """A text to look for."""
        words = ("matter", '"a b"', "NOT x", "(a OR b)", "AND", '"', "a" * 300, "ÄÖ", "'", "*")
        return " ".join(some(self.draw, *words) for _ in range(self.draw.randint(1, 4)))

    def text(self) -> str:
        """Any text at all."""
        return str(some(self.draw, *TEXTS))[:400]
