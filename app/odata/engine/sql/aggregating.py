"""aggregate and groupby (Data Aggregation 3.2.1, 3.2.3).

The rows give their groups and the values to aggregate to a subquery; another one aggregates. What a
path reaches through navigations is considered once for each entity, however many rows lead to it.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, func, select

from app.odata.engine.ast import (
    AggregateItem,
    Member,
    Navigate,
    Node,
    NodeType,
    Variable,
)
from app.odata.engine.edm import BOOLEAN, EntityType
from app.odata.engine.problems import NotSupported
from app.odata.engine.sql import kinds
from app.odata.engine.sql.comparing import sortable
from app.odata.engine.sql.environment import Derived
from app.odata.engine.sql.operations import bound, operation
from app.odata.engine.sql.stages import Column, Stage, Stages, all_of, path_of
from app.odata.engine.sql.types import INTEGER, sql_type

ONCE: Final = ("sum", "average")  # methods to which it matters how often a value comes


@dataclass(frozen=True, slots=True)
class _Item:
    """An aggregate in the making: the column of its values, that of rows where it counts, and
    those of the key of the entity that has the value.
    """

    item: AggregateItem
    value: str | None
    entity: tuple[str, ...] = ()


def aggregated(
    stages: Stages, stage: Stage, items: tuple[AggregateItem, ...], partition: tuple[Node, ...]
) -> Stage:
    """One row for each group, with its paths and the aggregates; one row of all without paths."""
    columns: dict[str, ColumnElement[Any]] = {}
    env = stage.environment()
    for number, node in enumerate(partition):
        columns[f"g{number}"] = stages.translating.value(node, env)
    if stage.pending:
        columns["kept"] = operation("case", all_of(stage.pending), bound(1, INTEGER), type_=INTEGER)
    listed = [_item(stages, stage, number, each, columns) for number, each in enumerate(items)]
    if not columns:
        columns["every"] = bound(1, INTEGER)
    rows = stages.cte(stage.selected(*(each.label(name) for name, each in columns.items())))
    rows = _each_once(stages, rows, listed, _keys(rows, partition))
    return _grouped(stages, rows, listed, partition)


def _keys(rows: CTE, partition: tuple[Node, ...]) -> list[ColumnElement[Any]]:
    """The columns of the groups, as GROUP BY has to see them."""
    return [
        sortable(rows.c[f"g{number}"], node.type, text=False)
        for number, node in enumerate(partition)
    ]


def _item(
    stages: Stages,
    stage: Stage,
    number: int,
    item: AggregateItem,
    columns: dict[str, ColumnElement[Any]],
) -> _Item:
    """Put the values of an aggregate among the columns."""
    if item.expression is None:
        return _Item(item, None)
    env, node, name = stage.environment(), item.expression, f"a{number}"
    value = stages.translating.value_as(node, _argument_type(item), env)
    if stage.pending:
        value = operation("case", all_of(stage.pending), value, type_=value.type)
    columns[name] = value
    entity = _entity(node) if item.method in ONCE and stage.bound is not None else None
    if entity is None:
        return _Item(item, name)
    keys = {
        f"k{number}_{place}": stages.translating.value(each, env)
        for place, each in enumerate(_key(stages, entity))
    }
    columns.update(keys)
    return _Item(item, name, tuple(keys))


def _key(stages: Stages, entity: Node) -> list[Node]:
    assert isinstance(entity.type, EntityType)
    return [Member(entity, each.name, each.type) for each in stages.model.key(entity.type)]


def _argument_type(item: AggregateItem) -> NodeType:
    """Sums and averages are worked out in the family of their result."""
    assert item.expression is not None
    own = item.expression.type
    if item.method == "sum" and own is None:
        return item.type
    return own


def _entity(node: Node) -> Node | None:
    """The entity whose property a path ends in, where navigations lead to it."""
    while isinstance(node, Member):
        node = node.source
    return None if isinstance(node, Variable) or not isinstance(node, Navigate) else node


def _each_once(
    stages: Stages, rows: CTE, listed: list[_Item], keys: list[ColumnElement[Any]]
) -> CTE:
    """The values of related entities in one row each per group, null in the others."""
    if not any(each.entity for each in listed):
        return rows
    once: dict[str, ColumnElement[Any]] = {}
    marks = [rows.c.kept] if "kept" in rows.c else []
    for each in listed:
        if each.entity and each.value:
            own = [rows.c[name] for name in each.entity]
            number = func.row_number().over(partition_by=[*keys, *marks, *own])
            value = rows.c[each.value]
            first = number == bound(1, INTEGER)
            once[each.value] = operation("case", first, value, type_=value.type)
    chosen = [once.get(each.name, each).label(each.name) for each in rows.c]
    return stages.cte(select(*chosen))


def _grouped(stages: Stages, rows: CTE, listed: list[_Item], partition: tuple[Node, ...]) -> Stage:
    groups = [rows.c[f"g{number}"] for number in range(len(partition))]
    keys = _keys(rows, partition)
    found = {path_of(node): node.type for node in partition}
    values = [_value(rows, each) for each in listed]
    named = [each.label(f"g{number}") for number, each in enumerate(groups)]
    named += [each.label(f"a{number}") for number, each in enumerate(values)]
    if not named:  # the one row of all, of which nothing is asked
        named = [operation("count", type_=INTEGER).label("all")]
    chosen = select(*named).select_from(rows)
    if keys:
        chosen = chosen.group_by(*keys)
    table = stages.cte(chosen)
    columns = dict(zip(found, (Column(each, None) for each in table.c), strict=False))
    columns = {path: replace(each, type=found[path]) for path, each in columns.items()}
    for number, each in enumerate(listed):
        columns[each.item.alias] = Column(table.c[f"a{number}"], each.item.type)
    derived = Derived(table, {path: each.expression for path, each in columns.items()})
    return Stage(derived, columns=columns)


def _value(rows: CTE, each: _Item) -> ColumnElement[Any]:
    """The aggregate over the rows of a group."""
    kept = rows.c.kept if "kept" in rows.c else None
    item = each.item
    if each.value is None:
        return operation("count", type_=INTEGER) if kept is None else func.count(kept)
    assert item.expression is not None
    name = f"{item.method}.{_ending(item.method, _argument_type(item))}"
    return operation(name, rows.c[each.value], type_=sql_type(item.type))


def _ending(method: str, kind: NodeType) -> str:
    """The ending of the aggregate's name in functions.py."""
    if method in ONCE:
        found = kinds.family(kind)
        if found not in (kinds.INT, kinds.NUMBER, kinds.DOUBLE_):
            raise NotSupported("Only numbers have a sum")
        return found
    ending = kinds.comparison(kind)
    if method == "countdistinct":
        return "decimal" if ending == "decimal" else "plain"
    return "bool" if kind == BOOLEAN else ending
