"""Paths of OData out of the model: sets, keys in every spelling, what comes behind them."""

import random
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from app.odata.blueprint import ROOTS
from app.odata.engine.edm import CollectionType, EntitySet, EntityType, Operation, Parameter
from tests.torture.fuzz_expressions import Expressions
from tests.torture.fuzz_options import SAFE, Options
from tests.torture.fuzz_running import some
from tests.torture.fuzz_store import Stage
from tests.torture.fuzz_words import GUID, TEXTS

STARTS: Final = (
    *("", "$metadata", "$all", "$batch", "$entity", "$crossjoin(Task,Project)", "$crossjoin()"),
    *("$entity/InLoox.PM.Domain.Model.Aggregates.Api.ApiTask", "$crossjoin(Task,Task)", "$root"),
    *("Nope", "task", "Task ", "TASK", "Tasks", "%00", "..", "%2e%2e", "a" * 3000, "$query", "$it"),
)
ENDS: Final = (
    *(
        "$count",
        "$value",
        "$ref",
        "$query",
        "$each",
        "$filter(true)",
        "$it",
        "Nope",
        "",
        "..",
        "$x",
    ),
    *("%2e%2e", "%00", "%ff", "%2F", "$count/$count", "$ref/$ref", "$value/$value", "'", "(", ")"),
    *("$filter(Name eq 'a')", "$filter(@p)", "$filter()", "Edm.String", "$orderby", "Default.Nope"),
)


@dataclass(slots=True)
class Address:
    """A path, and what the model says that is there: a type, one or many; an operation."""

    path: str
    kind: EntityType | None = None
    many: bool = False
    operation: Operation | None = None


class Addresses:
    """Draws addresses of a stage."""

    def __init__(self, draw: random.Random, stage: Stage) -> None:
        self.draw, self.stage, self.model = draw, stage, stage.model
        self.say = Expressions(draw, self.model, self.uid)
        self.options = Options(self.say)

    def uid(self, name: str = "") -> str:
        """The key of something that there is, as a rule."""
        known = self.stage.uids.get(name) or self.stage.uids[some(self.draw, *self.stage.uids)]
        return str(some(self.draw, *known)) if known and self.say.chance(0.9) else GUID

    def root(self) -> str:
        """One of the service's roots."""
        return str(ROOTS[2] if self.say.chance(0.9) else some(self.draw, *ROOTS))

    def address(self) -> Address:
        """A path of some length."""
        if self.say.chance(0.1):
            return Address(str(some(self.draw, *STARTS)))
        chosen = self._set()
        found = Address(chosen.name, chosen.type, many=True)
        for _ in range(some(self.draw, 0, 1, 1, 1, 2, 2, 3, 5)):
            self._grow(found, chosen.name)
        if self.draw.random() < 0.12:
            usual = ENDS[:1] if found.many else ENDS[1:3]
            found.path += "/" + some(self.draw, *(usual if self.say.careful else ENDS))
            found.kind = found.kind if found.many else None
        return found

    def _set(self) -> EntitySet:
        sets = self.model.entity_sets
        return sets[0] if self.say.chance(0.4) else some(self.draw, *sets)

    def _grow(self, at: Address, home: str) -> None:
        """One segment more."""
        if at.kind is None:
            at.path += "/" + some(self.draw, *ENDS) if self.say.chance(0.1) else ""
        elif at.many and self.say.chance(0.75):
            at.path += self.key(at.kind, home)
            at.many = False
        elif self.say.chance(0.35) and self._call(at):
            return
        elif (
            self.say.chance(0.5)
            and not (at.many and self.say.careful)
            and (way := self.say.navigation(at.kind))
        ):
            at.path += f"/{way.name}"
            at.kind, at.many = self.say.target(way), way.collection
        elif self.say.chance(0.08):
            at.path += f"/{some(self.draw, at.kind, *self.model.entity_types).qualified}"
        elif not at.many:
            at.path += f"/{self.say.member(at.kind, depth=0)}"
            at.kind = None

    def key(self, kind: EntityType, home: str) -> str:
        """A key, spelled as some client might."""
        names = [each.name for each in self.model.key(kind)]
        types = [each.type.qualified for each in self.model.key(kind)]
        of = next((each.name for each in self.model.entity_sets if each.type is kind), home)
        value = self.uid(of) if types[0] == "Edm.Guid" or of == "AuditEntry" else "1"
        if len(names) > 1:
            second = some(self.draw, "'x'", "'x'", "'x'", "'pf_dt0_x'", "''", "x", "@n", "'%27%27'")
            return f"({names[0]}={value},{names[1]}={second})"
        text = quote(str(some(self.draw, *TEXTS))[:300].encode("utf-8", "surrogatepass"), safe="")
        spelled = (
            *(f"({value})",) * 8,
            *(f"('{value}')", f"({names[0]}={value})", f"/{value}", f"({value.upper()})"),
            *(f"({names[0].lower()}={value})", f"({names[0]}='{value}')", f"(%27{value}%27)"),
            *(f"(guid'{value}')", f"( {value} )".replace(" ", "%20"), f"({value},{value})", "()"),
            *(
                f"({text})",
                f"('{text}')",
                f"/{text}",
                f"(Nope={value})",
                f"({value}",
                f"({value}))",
            ),
            *(
                f"({names[0]}=@k)",
                f"({value})({value})",
                f"({names[0]}={value},{names[0]}={value})",
            ),
        )
        return str(some(self.draw, *(spelled[:11] if self.say.careful else spelled)))

    def _call(self, at: Address) -> bool:
        fit = [
            each
            for each in self.model.operations
            if each.bound_to is not None
            and isinstance(each.bound_to, CollectionType) is at.many
            and at.kind in (each.bound_to, getattr(each.bound_to, "item", None))
        ]
        if not fit:
            return False
        at.operation = some(self.draw, *fit)
        at.path += "/" + self._called(at.operation)
        at.kind = None
        return True

    def _called(self, operation: Operation) -> str:
        name = some(self.draw, operation.name, operation.name, operation.qualified)
        if operation.kind == "action":
            return str(name)
        given = [f"{each.name}={self._argument(each)}" for each in operation.parameters]
        end = some(self.draw, "", "(", "(x=1)") if self.say.chance(0.1) else "()"
        return f"{name}({','.join(given)})" if given else name + end

    def _argument(self, parameter: Parameter) -> str:
        text = self.say.literal(parameter.type.qualified)
        return quote(text.encode("utf-8", "replace"), safe=SAFE).replace(" ", "%20")

    def target(self, found: Address) -> str:
        """The request target, below a root."""
        path = found.path.encode("latin-1", "replace").decode("latin-1").replace(" ", "%20")
        query = self.options.query(found.kind, many=found.many) if self.say.chance(0.6) else ""
        return f"{self.root()}/{path}{'?' + query if query else ''}"
