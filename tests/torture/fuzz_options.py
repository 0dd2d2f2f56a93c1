"""System query options: $filter, $expand, $apply and the others, whole and damaged."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from app.odata.engine.edm import Structured
from tests.torture.fuzz_expressions import Expressions
from tests.torture.fuzz_running import some

SAFE: Final = "$'(),/:=@*;!~-._ "
METHODS: Final = ("sum", "min", "max", "average", "countdistinct", "Default.x", "")
COUNTS: Final = ("0", "1", "2", "5", "100", "-1", "1e3", "99999999999999999999", "", "x", "1.0")


class Options:
    """Draws the options of an address whose answer is of a type."""

    def __init__(self, expressions: Expressions) -> None:
        self.say, self.draw = expressions, expressions.draw
        self._of: dict[str, Callable[[Structured], str]] = {
            "filter": lambda kind: self.say.condition(kind),
            "orderby": self._order,
            "select": self._select,
            "expand": lambda kind: self.expand(kind, 2),
            "apply": self._apply,
            "compute": self._compute,
            "search": lambda _: self.say.search(),
            "top": lambda _: self._count(),
            "skip": lambda _: self._count(),
            "count": lambda _: str(some(self.draw, "true", "false", "TRUE", "1", "")),
            "format": lambda _: str(
                some(self.draw, "json", "xml", "application/json;odata.metadata=full", "atom", "x")
            ),
            "skiptoken": lambda _: some(self.draw, "", "abc", "AAAA", "eyJhIjoxfQ", "%00", "[]"),
            "deltatoken": lambda _: "x",
            "levels": lambda _: some(self.draw, "max", "3", "-1"),
            "id": lambda _: f"Task({self.say.uid()})",
            "index": lambda _: "0",
            "schemaversion": lambda _: some(self.draw, "*", "1"),
        }
        self.names = tuple(self._of)
        self.usual = (
            "filter",
            "filter",
            "filter",
            "orderby",
            "select",
            "expand",
            "apply",
            "compute",
        )
        self.paging = ("top", "skip", "count", "search")
        self.of_one = ("select", "expand", "expand", "compute")

    def query(self, kind: Structured | None, *, many: bool) -> str:
        """What stands behind the question mark, encoded one way or another."""
        if kind is None and self.say.careful:
            return ""
        if kind is None or self.say.chance(0.1):
            kind = self.say.model.entity_sets[0].type
        found = []
        names = (*self.usual, *self.usual, *self.paging) if many else self.of_one
        names = self.names if self.say.chance(0.1) else names
        chosen = [some(self.draw, *names) for _ in range(some(self.draw, 0, 1, 1, 1, 2, 2, 3, 5))]
        for name in chosen if self.say.chance(0.1) else dict.fromkeys(chosen):
            sign = some(self.draw, "", "%24") if self.say.chance(0.1) else "$"
            spelled = name.upper() if self.say.chance(0.03) else name
            found.append(f"{sign}{spelled}={self._encoded(self._of[name](kind))}")
        if self.say.chance(0.1):
            found.append(f"@p={self._encoded(self.say.literal('Edm.String'))}")
        if self.say.chance(0.04):
            found.append(
                str(some(self.draw, "&&", "=", "$filter", "x=y", "@@=1", "$$a=1", "%zz=%"))
            )
        return "&".join(found)

    def _encoded(self, text: str) -> str:
        """As clients write it, or as they should not."""
        text = text.encode("utf-8", "replace").decode()
        choice = self.draw.random()
        if choice < 0.8 or self.say.careful:
            return quote(text, safe=SAFE).replace(" ", "%20")
        if choice < 0.9:
            return quote(text, safe="").replace("%20", "+")
        if choice < 0.95:
            return quote(quote(text, safe=SAFE), safe=SAFE).replace(" ", "+")
        return text.replace(" ", "%20").replace("#", "%23").encode().decode("latin-1")

    def _count(self) -> str:
        return str(some(self.draw, *COUNTS[: None if self.say.chance(0.1) else 5]))

    def _order(self, kind: Structured) -> str:
        words = ("", " desc", " asc", " DESC", " down")[: None if self.say.chance(0.1) else 3]
        keys = [
            (
                self.say.member(kind)
                if self.say.chance(0.7)
                else self.say.value(kind, "Edm.Int32", 2)
            )
            + some(self.draw, *words)
            for _ in range(self.draw.randint(1, 3))
        ]
        return ",".join(keys)

    def _select(self, kind: Structured) -> str:
        more = ("*", "Name,Name", "Default.*", "", "$count", "a b", "Tasks/$ref", "Project(")
        names = [self.say.member(kind) for _ in range(self.draw.randint(1, 4))]
        return ",".join([*names, some(self.draw, *more)] if self.say.chance(0.1) else names)

    def expand(self, kind: Structured, depth: int) -> str:
        """$expand, with options of its own inside."""
        way = self.say.navigation(kind)
        if way is None or self.say.chance(0.05):
            return str(
                some(self.draw, "*", "Nope", "*($levels=2)", "*/$ref", "", "Task/", "$value")
            )
        target, inside = self.say.target(way), []
        for _ in range(some(self.draw, 0, 0, 1, 1, 2)):
            several = (*self.usual[:-2], *self.paging) if way.collection else self.of_one
            name = some(self.draw, *(self.names if self.say.chance(0.1) else several))
            if f"${name}=" in "".join(inside):
                continue
            if name == "expand":
                text = self.expand(target, depth - 1) if depth else "*"
            else:
                text = self._of[name](target)
            inside.append(f"${name}={text}")
        suffix = some(self.draw, "/$ref", "/$count", "/Nope") if self.say.chance(0.1) else ""
        others = f",{self.expand(kind, depth - 1)}" if depth and self.say.chance(0.3) else ""
        return f"{way.name}{suffix}{'(' + ';'.join(inside) + ')' if inside else ''}{others}"

    def _compute(self, kind: Structured) -> str:
        wanted = some(self.draw, "Edm.String", "Edm.Int32", "Edm.Double", "Edm.DateTimeOffset")
        name = some(self.draw, "Name", "x y", "", "a.b", "Ä") if self.say.chance(0.1) else "Extra"
        return f"{self.say.value(kind, wanted, 3)} as {name}"

    def _apply(self, kind: Structured) -> str:
        return "/".join(self._step(kind) for _ in range(some(self.draw, 1, 1, 2, 2, 3, 6)))

    def _step(self, kind: Structured) -> str:
        choice = some(self.draw, *range(10))
        if choice < 2:
            return f"filter({self.say.condition(kind, 2)})"
        if choice < 6:
            grouped = ",".join(self.say.member(kind) for _ in range(self.draw.randint(1, 3)))
            if self.say.chance(0.15):
                grouped = f"rollup($all,{grouped})"
            inner = f",{self._aggregate(kind)}" if self.say.chance(0.7) else ""
            return f"groupby(({grouped}){inner})"
        made = (
            self._aggregate(kind),
            self._aggregate(kind),
            f"compute({self._compute(kind)})",
            some(
                self.draw,
                *("identity", "topcount(2,WorkAmount)", "bottomsum(1e400,WorkAmount)", "search(a)"),
                *("concat(identity,aggregate($count as n))", "expand(Project,filter(true))", "x()"),
                *(
                    "topcount(-1,Name)",
                    "skip(1)",
                    "top(2)",
                    "orderby(Name desc)",
                    "toppercent(NaN,1)",
                ),
                *(
                    "ancestors($root/Task,x,y,z)",
                    "Default.Copy()",
                    "groupby(())",
                    "aggregate()",
                    "",
                ),
            ),
        )
        return made[choice - 6]

    def _aggregate(self, kind: Structured) -> str:
        def one(number: int) -> str:
            if self.say.chance(0.3):
                return f"$count as n{number}"
            wanted = some(self.draw, "Edm.Int32", "Edm.Double", "Edm.DateTimeOffset", "Edm.String")
            over = self.say.value(kind, wanted, 1)
            how = some(self.draw, *METHODS[: None if self.say.chance(0.1) else 5])
            return f"{over} with {how} as a{number}"

        return f"aggregate({','.join(one(number) for number in range(self.draw.randint(1, 3)))})"
