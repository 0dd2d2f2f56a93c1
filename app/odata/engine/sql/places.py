"""Where a path leads: rows that stand in the statement, and rows that navigations reach from them.

Navigation to one entity is a subquery, so that rows without a target stay. A target that the caller
does not see is like none.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Join, Select, and_, select
from sqlalchemy.sql.visitors import replacement_traverse

from app.odata.engine.ast import Member, Narrow, Navigate, Node, Variable
from app.odata.engine.edm import EntitySet, EntityType, Model, Navigation, Singleton
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.sql.environment import Bound, Derived, Environment, Known
from app.odata.engine.sql.operations import operation
from app.odata.engine.sql.translating import Translating, Truth

LONGEST: Final = 20  # navigations in one path: SQLite joins at most 64 tables


@dataclass(frozen=True, slots=True)
class Hop:
    """Rows at the end of a navigation, and the condition that they are."""

    target: Bound
    joined: Truth


@dataclass(frozen=True, slots=True)
class Place:
    """A variable's rows, or what is reached from them by `hops`. `prefix` is the path of a complex
    property ("Address/", or with navigations where the rows are those of $apply). `narrowed` is
    what the variable's own row has to be.
    """

    start: Known
    hops: tuple[Hop, ...] = ()
    prefix: str = ""
    narrowed: Truth | None = None

    @property
    def bound(self) -> Bound:
        """The rows that are reached."""
        reached = self.hops[-1].target if self.hops else self.start.instance
        assert isinstance(reached, Bound)
        return reached

    def further(self, hop: Hop) -> "Place":
        """One navigation further. Raises BadRequest for one too many."""
        if len(self.hops) == LONGEST:
            raise BadRequest(f"A path has at most {LONGEST} navigation properties")
        return replace(self, hops=(*self.hops, hop), prefix="")

    def selected(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """A subquery over what is reached. The rows where it starts belong to the statement
        around.
        """
        first, *others = self.hops
        reached: FromClause = first.target.rows.table
        for hop in others:
            reached = Join(reached, hop.target.rows.table, hop.joined)
        conditions = [first.joined] if self.narrowed is None else [self.narrowed, first.joined]
        own = [hop.target.rows.table for hop in self.hops]
        chosen = select(*columns).select_from(reached).where(*conditions)
        return chosen.correlate_except(*own)


def resolved(node: Node, env: Environment, translating: Translating) -> Place:
    """The place of a node that stands for an entity, a complex value or a collection of entities.

    Raises NotSupported where a path cannot be followed in SQL.
    """
    steps: list[Node] = []
    while isinstance(node, Navigate | Narrow | Member):
        steps.append(node)
        node = node.source
    if not isinstance(node, Variable):
        raise NotSupported("A path has to begin with a property")
    known = env.variables.get(node.name)
    if known is None:
        raise NotSupported(f"{node.name} cannot be used here")
    place = Place(known)
    for step in reversed(steps):
        place = _taken(step, place, env, translating)
    return place


def _taken(step: Node, place: Place, env: Environment, translating: Translating) -> Place:
    if isinstance(place.start.instance, Derived) and not place.hops:
        if isinstance(step, Narrow):
            return place
        assert isinstance(step, Navigate | Member)
        name = step.navigation.name if isinstance(step, Navigate) else step.name
        return replace(place, prefix=f"{place.prefix}{name}/")
    if isinstance(step, Navigate):
        return place.further(navigated(place, step.navigation, translating))
    if isinstance(step, Narrow):
        return _narrowed(place, step, env, translating.model)
    assert isinstance(step, Member)
    return replace(place, prefix=f"{place.prefix}{step.name}/")


def navigated(place: Place, navigation: Navigation, translating: Translating) -> Hop:
    """A navigation property followed from what a place reaches."""
    here = place.bound
    name = place.prefix + navigation.name
    target = translating.rows(_target_set(here, name, navigation, translating.model))
    wanted = translating.model.entity_type(navigation.target)
    target = replace(target, type=wanted)
    tables = (here.rows.table, target.rows.table)
    joined = anchored(here.rows.joined(name, target.rows), tables)
    conditions = [joined, target.rows.visible()]
    kind = type_condition(target, wanted, translating.model)
    return Hop(target, and_(*conditions, *([] if kind is None else [kind])))


def _target_set(
    here: Bound, name: str, navigation: Navigation, model: Model
) -> EntitySet | Singleton:
    found = None if here.entity_set is None else _bound_set(here.entity_set, name, here.type, model)
    if found is not None:
        return found
    kind = model.entity_type(navigation.target)
    fitting = [each for each in model.entity_sets if each.type == kind]
    if len(fitting) != 1:
        raise NotSupported(f"It is not known to which entity set {navigation.name} leads")
    return fitting[0]


def _bound_set(
    home: EntitySet | Singleton, name: str, kind: EntityType, model: Model
) -> EntitySet | None:
    """The target by the bindings of a set; a binding may have a type before the path."""
    names = (name, *(f"{each.qualified}/{name}" for each in reversed(model.lineage(kind))))
    known = next((each for each in names if each in home.bindings), name)
    return model.target_set(home, known)


def type_condition(bound: Bound, kind: EntityType, model: Model) -> Truth | None:
    """The rows are of a type or one derived from it; None where the model says so already."""
    home = bound.entity_set.type if bound.entity_set is not None else bound.type
    if model.is_a(home, kind):
        return None
    name = bound.rows.type_name()
    if name is None:
        raise NotSupported(f"The types of {home.name} cannot be told apart")
    return name.in_([kind.qualified, *(each.qualified for each in model.derived(kind))])


def _narrowed(place: Place, step: Narrow, env: Environment, model: Model) -> Place:
    kind = step.type if isinstance(step.type, EntityType) else getattr(step.type, "item", None)
    if not isinstance(kind, EntityType):
        return place  # a complex type: its members have the same paths
    wanted = type_condition(place.bound, kind, model)
    if not place.hops:
        start = replace(place.start, instance=replace(place.bound, type=kind))
        if wanted is not None:
            wanted = reached(wanted, place.start, env)
        both = [each for each in (place.narrowed, wanted) if each is not None]
        return replace(place, start=start, narrowed=and_(*both) if both else None)
    last = place.hops[-1]
    target = replace(last.target, type=kind)
    joined = last.joined if wanted is None else and_(last.joined, wanted)
    return replace(place, hops=(*place.hops[:-1], Hop(target, joined)))


def member(place: Place, name: str, env: Environment) -> ColumnElement[Any]:
    """The value of a property of what a place reaches. Raises KeyError for an unknown one."""
    path = place.prefix + name
    if isinstance(place.start.instance, Derived):
        return reached(place.start.instance.columns[path], place.start, env)
    column = place.bound.rows.column(path)
    if place.hops:
        env.deeper()
        return place.selected(column).scalar_subquery()
    column = reached(column, place.start, env)
    if place.narrowed is None:
        return column
    return operation("case", place.narrowed, column, type_=column.type)


def reached(expression: ColumnElement[Any], known: Known, env: Environment) -> ColumnElement[Any]:
    """An expression over a variable's rows, ready to stand where `env` is."""
    return expression if known.level == env.level else anchored(expression, (known.table,))


def anchored(expression: Any, tables: Iterable[FromClause]) -> Any:
    """An expression of a source that may stand deeper than directly in the statement of its rows.

    SQLAlchemy correlates a subquery by itself only with the statement around it. Subqueries of the
    expression that say nothing about it are told here that `tables` belong to statements further
    out.
    """
    outer: Collection[FromClause] = frozenset(tables)

    def told(element: Any, **_: Any) -> Any:
        if not isinstance(element, Select):
            return None
        if element._correlate or element._correlate_except:
            return element  # and its inner ones look to it
        own = [each for each in element.get_final_froms() if each not in outer]
        return element.correlate_except(*own)

    return replacement_traverse(expression, {}, told)
