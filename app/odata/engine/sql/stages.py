"""What $apply works on between two transformations: entities of a set, or rows of a subquery.

As long as transformations only choose among entities, these stay rows of their source, so that all
their properties and navigations can be used. What aggregates makes rows of a subquery.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, func, select, tuple_

from app.odata.engine.ast import (
    ComputeItem,
    Member,
    Narrow,
    Navigate,
    Node,
    NodeType,
    OrderItem,
    Variable,
)
from app.odata.engine.edm import (
    NOTHING,
    STREAM,
    ComplexType,
    Model,
    Structured,
)
from app.odata.engine.problems import NotSupported
from app.odata.engine.sql.comparing import sortable
from app.odata.engine.sql.environment import IT, Bound, Derived, Environment, Instance
from app.odata.engine.sql.operations import condition
from app.odata.engine.sql.translating import Translating, Truth

Sorted = tuple[ColumnElement[Any], bool]  # an expression, and whether descending
PLACE: Final = "_place"  # the column of a subquery that keeps its order


@dataclass(frozen=True, slots=True)
class Column:
    """A value of each row, and its type."""

    expression: ColumnElement[Any]
    type: NodeType


@dataclass(frozen=True, slots=True)
class Stage:
    """Rows, what they have to fulfil, what was computed for them, and their order.

    `pending` are conditions of a filter inside of groupby: groups stay when all their members go.
    `columns` are those of a subquery by path; for entities they are computed ones only.
    """

    instance: Instance
    conditions: tuple[Truth, ...] = ()
    columns: Mapping[str, Column] = field(default_factory=lambda: NOTHING)
    computed: tuple[ComputeItem, ...] = ()
    order: tuple[OrderItem, ...] = ()
    placed: tuple[Sorted, ...] = ()
    pending: tuple[Truth, ...] = ()

    @property
    def bound(self) -> Bound | None:
        """The entities, while they are entities."""
        return self.instance if isinstance(self.instance, Bound) else None

    @property
    def table(self) -> Any:
        """What stands in the FROM."""
        bound = self.bound
        return self.instance.table if bound is None else bound.rows.table  # type: ignore[union-attr]

    def environment(self) -> Environment:
        """What names mean in expressions over these rows."""
        expressions = {name: each.expression for name, each in self.columns.items()}
        if self.bound is not None:
            return replace(Environment.over(self.bound), computed=expressions)
        return Environment.over(Derived(self.table, expressions))

    def settled(self) -> "Stage":
        """With conditions that do not keep empty groups."""
        return replace(self, conditions=self.conditions + self.pending, pending=())

    def with_column(self, name: str, column: Column) -> "Stage":
        """With one more computed column."""
        return replace(self, columns={**self.columns, name: column})

    def selected(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """A statement over these rows."""
        return select(*columns).select_from(self.table).where(*self.conditions)


@dataclass(frozen=True, slots=True)
class Stages:
    """How stages are made from stages, for one request."""

    translating: Translating
    name: Callable[[str], str]

    @property
    def model(self) -> Model:
        """The model of the service."""
        return self.translating.model

    def cte(self, chosen: Any) -> CTE:
        """A subquery under a new name, at the beginning of the statement."""
        found: CTE = chosen.cte(self.name("s"))
        return found

    def key(self, bound: Bound) -> list[ColumnElement[Any]]:
        """The columns of the key."""
        return [bound.rows.column(each.name) for each in self.model.key(bound.type)]

    def sorting(self, stage: Stage) -> list[Sorted]:
        """The order of a stage's rows, made total: each row has a place of its own."""
        found = self.asked(stage)
        bound = stage.bound
        if bound is None:
            known = [sortable(each.expression, each.type) for each in stage.columns.values()]
            return found + [(each, False) for each in known]
        own = [] if found else list(bound.rows.order() or ())
        return found + own + [(each, False) for each in self.key(bound)]

    def asked(self, stage: Stage) -> list[Sorted]:
        """The order that transformations have made."""
        env = stage.environment()
        found = [
            (sortable(self.translating.value(each.expression, env), each.expression.type), down)
            for each in stage.order
            for down in (each.descending,)
        ]
        return [*found, *stage.placed]

    def computing(self, stage: Stage, item: ComputeItem) -> Stage:
        """A stage with one more alias."""
        value = self.translating.value(item.expression, stage.environment())
        found = stage.with_column(item.alias, Column(value, item.expression.type))
        return found if stage.bound is None else replace(found, computed=(*stage.computed, item))

    def again(self, stage: Stage, keys: Select[Any]) -> Stage:
        """The same entities anew, those with certain keys: what chose them stays in a subquery."""
        bound = stage.bound
        if bound is None or bound.entity_set is None:
            raise NotSupported("This cannot be aggregated")
        fresh = replace(self.translating.rows(bound.entity_set), type=bound.type)
        columns = self.key(fresh)
        one = columns[0] if len(columns) == 1 else tuple_(*columns)
        found = Stage(fresh, (one.in_(keys),), order=stage.order)
        for item in stage.computed:
            found = self.computing(found, item)
        return found

    def forks(self, stage: Stage) -> Callable[[], Stage]:
        """A function that gives the rows of a stage anew each time, for a branch to change."""
        stage = stage.settled()
        bound = stage.bound
        if bound is not None:
            keys = self.cte(stage.selected(*_numbered("k", self.key(bound))))
            return lambda: self.again(stage, select(*keys.c))
        kept = self.kept(stage)
        return lambda: kept

    def kept(self, stage: Stage, **more: ColumnElement[Any]) -> Stage:
        """The rows of a subquery as another one, with `more` columns that conditions can use; its
        order in a column.
        """
        if stage.order or stage.placed:
            more[PLACE] = placing(self.sorting(stage))
        numbered = dict(zip(stage.columns, _names("c", len(stage.columns)), strict=True))
        labelled = [each.expression.label(numbered[path]) for path, each in stage.columns.items()]
        extra = [each.label(name) for name, each in more.items()]
        table = self.cte(stage.selected(*labelled, *extra))
        columns = {
            path: Column(table.c[numbered[path]], each.type) for path, each in stage.columns.items()
        }
        placed = ((table.c[PLACE], False),) if PLACE in more else ()
        derived = Derived(table, {path: each.expression for path, each in columns.items()})
        return Stage(derived, columns=columns, placed=placed)

    def everything(self, stage: Stage, paths: tuple[Node, ...] = ()) -> dict[str, Column]:
        """All columns of a stage by path, and those of `paths`."""
        found: dict[str, Column] = {}
        env = stage.environment()
        if stage.bound is not None:
            kind = stage.bound.type
            for path, node in _properties(self.model, kind, Variable(IT, kind), ""):
                found[path] = Column(self.translating.value(node, env), node.type)
        found.update(stage.columns)
        for each in paths:
            known = Column(self.translating.value(each, env), each.type)
            found.setdefault(path_of(each), known)
        return found


def _names(letter: str, number: int) -> list[str]:
    return [f"{letter}{each}" for each in range(number)]


def _numbered(letter: str, columns: list[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    names = _names(letter, len(columns))
    return [each.label(name) for each, name in zip(columns, names, strict=True)]


def _properties(
    model: Model, kind: Structured, source: Node, above: str
) -> list[tuple[str, Member]]:
    """The members that are one value each, with their paths."""
    found: list[tuple[str, Member]] = []
    for each in model.properties(kind).values():
        if each.collection or each.type == STREAM:
            continue
        member = Member(source, each.name, each.type)
        if isinstance(each.type, ComplexType):
            found += _properties(model, each.type, member, f"{above}{each.name}/")
        else:
            found.append((above + each.name, member))
    return found


def path_of(node: Node) -> str:
    """The path of names from the instance to a node."""
    names: list[str] = []
    while not isinstance(node, Variable):
        if not isinstance(node, Member | Navigate | Narrow):
            raise NotSupported("Only paths can be grouped by")
        if isinstance(node, Navigate):
            names.append(node.navigation.name)
        elif isinstance(node, Member):
            names.append(node.name)
        node = node.source
    return "/".join(reversed(names))


def turned(expression: ColumnElement[Any], descending: bool) -> ColumnElement[Any]:
    """A term of an ORDER BY: nulls are the least values (URL Conventions 5.1.6)."""
    return expression.desc().nulls_last() if descending else expression.asc().nulls_first()


def placing(
    order: list[Sorted], partition: list[ColumnElement[Any]] | None = None
) -> ColumnElement[Any]:
    """The place of a row in an order, from 1; within its group."""
    terms = [turned(*each) for each in order]
    return func.row_number().over(partition_by=partition or None, order_by=terms)


def all_of(truths: tuple[Truth, ...]) -> Truth:
    """Several conditions as one value."""
    return truths[0] if len(truths) == 1 else condition("and", *truths)
