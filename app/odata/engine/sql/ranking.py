"""top, skip, topcount and its kin (Data Aggregation 3.3): choosing by place, in all or a group."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, FromClause, func, over, select

from app.odata.engine.ast import Literal, Node, OrderItem, Ranked
from app.odata.engine.edm import DECIMAL, DOUBLE, FLOATS, INT64, PrimitiveType
from app.odata.engine.sql import kinds
from app.odata.engine.sql.comparing import sortable
from app.odata.engine.sql.operations import bound, condition, operation
from app.odata.engine.sql.stages import Sorted, Stage, Stages, placing, turned
from app.odata.engine.sql.translating import Truth
from app.odata.engine.sql.types import INTEGER, TRUTH, sql_type

NUMBER: Final = "_number"  # the place of a row in its group
SUM: Final = "_sum"  # the sum of the values up to its own
TOTAL: Final = "_total"  # the sum of all values
LATE: Final = "_late"  # the rows before it were enough
MOST: Final = 2**63 - 1

Choice = Callable[[FromClause], Truth]


def limited(
    stages: Stages, stage: Stage, partition: tuple[Node, ...], *, skip: int = 0, top: int = MOST
) -> Stage:
    """The rows behind the first `skip` of each group, at most `top` of them."""
    stage = stage.settled()
    if stage.bound is not None and not partition:
        chosen = stage.selected(*stages.key(stage.bound))
        chosen = chosen.order_by(*(turned(*each) for each in stages.sorting(stage)))
        chosen = chosen.limit(top).offset(skip) if skip else chosen.limit(top)
        return stages.again(stage, select(*stages.cte(chosen).c))
    number = placing(stages.sorting(stage), _groups(stages, stage, partition))

    def choice(table: FromClause) -> Truth:
        place = table.c[NUMBER]
        last = min(skip + top, MOST)
        return condition(
            "and",
            condition("gt.plain", place, bound(skip, INTEGER)),
            condition("le.plain", place, bound(last, INTEGER)),
        )

    return _chosen(stages, stage, {NUMBER: number}, choice)


def ranked(stages: Stages, stage: Stage, node: Ranked, partition: tuple[Node, ...]) -> Stage:
    """The rows with the highest or lowest values: so many, or until their sum is enough."""
    stage = stage.settled()
    descending = node.kind.startswith("top")
    env = stage.environment()
    value = stages.translating.value(node.value, env)
    first: Sorted = (sortable(value, node.value.type), descending)
    order = [first, *stages.sorting(replace(stage, order=(), placed=()))]
    groups = _groups(stages, stage, partition)
    if node.kind.endswith("count"):
        amount = int(node.amount)
        found = _chosen(stages, stage, {NUMBER: placing(order, groups)}, _up_to(amount))
    else:
        found = _enough(stages, stage, node, order, groups)
    return replace(found, order=(OrderItem(node.value, descending),))


def _up_to(amount: int) -> Choice:
    return lambda table: condition("le.plain", table.c[NUMBER], bound(amount, INTEGER))


def _groups(stages: Stages, stage: Stage, partition: tuple[Node, ...]) -> list[ColumnElement[Any]]:
    env = stage.environment()
    return [
        sortable(stages.translating.value(each, env), each.type, text=False) for each in partition
    ]


def _chosen(
    stages: Stages, stage: Stage, extra: dict[str, ColumnElement[Any]], choice: Choice
) -> Stage:
    """The rows that a choice by extra columns takes."""
    if stage.bound is None:
        kept = stages.kept(stage, **extra)
        return replace(kept, conditions=(choice(kept.table),))
    table = _keyed(stages, stage, extra)
    return stages.again(stage, _keys_of(stages, stage, table).where(choice(table)))


def _keyed(stages: Stages, stage: Stage, extra: dict[str, ColumnElement[Any]]) -> CTE:
    assert stage.bound is not None
    keys = [each.label(f"k{place}") for place, each in enumerate(stages.key(stage.bound))]
    labelled = [each.label(name) for name, each in extra.items()]
    return stages.cte(stage.selected(*keys, *labelled))


def _keys_of(stages: Stages, stage: Stage, table: FromClause) -> Any:
    assert stage.bound is not None
    number = len(stages.key(stage.bound))
    return select(*(table.c[f"k{place}"] for place in range(number)))


def _enough(
    stages: Stages,
    stage: Stage,
    node: Ranked,
    order: list[Sorted],
    groups: list[ColumnElement[Any]],
) -> Stage:
    """topsum, toppercent and their like: rows are taken until the sum of those before is enough."""
    kind = DOUBLE if node.value.type in FLOATS else DECIMAL
    windows = _windows(stages, stage, node, order, groups)
    if stage.bound is None:
        kept = stages.kept(stage, **windows)
        again = stages.kept(kept, **{LATE: _late(kept.table, node, kind, len(groups))})
        return replace(again, conditions=(_in_time(again.table),))
    table = _keyed(stages, stage, windows)
    keys = _keys_of(stages, stage, table)
    marked = stages.cte(keys.add_columns(_late(table, node, kind, len(groups)).label(LATE)))
    return stages.again(stage, _keys_of(stages, stage, marked).where(_in_time(marked)))


def _windows(
    stages: Stages,
    stage: Stage,
    node: Ranked,
    order: list[Sorted],
    groups: list[ColumnElement[Any]],
) -> dict[str, ColumnElement[Any]]:
    """Places and sums. No frame may be without rows: Python's module for SQLite crashes on one."""
    kind = DOUBLE if node.value.type in FLOATS else DECIMAL
    value = stages.translating.value(node.value, stage.environment())
    name = f"running.{kinds.family(node.value.type)}"
    running: Any = operation(name, value, type_=sql_type(kind))
    terms = [turned(*each) for each in order]
    own = groups or None
    return {
        NUMBER: placing(order, groups),
        SUM: over(running, partition_by=own, order_by=terms, rows=(None, 0)),
        TOTAL: over(running, partition_by=own),
        **{f"_g{place}": each for place, each in enumerate(groups)},
    }


def _in_time(table: FromClause) -> Truth:
    return condition("unsure", table.c[LATE])


def _late(table: FromClause, node: Ranked, kind: PrimitiveType, groups: int) -> ColumnElement[Any]:
    """True where the rows before, or none at all, are enough; null where there are none before."""
    own = [table.c[f"_g{place}"] for place in range(groups)]
    enough = _is_enough(table, node, kind, table.c[SUM])
    mark = operation("case", enough, bound(1, INTEGER), type_=INTEGER)
    before = func.max(mark).over(
        partition_by=own or None, order_by=table.c[NUMBER], rows=(None, -1)
    )
    zero = kinds.constant(Literal(0, INT64), kind)
    return condition("or", condition("given", before), _is_enough(table, node, kind, zero))


def _is_enough(
    table: FromClause, node: Ranked, kind: PrimitiveType, reached: ColumnElement[Any]
) -> Truth:
    """A sum is as large as was asked for; null where there is no sum."""
    ending, family = kinds.comparison(kind), kinds.family(kind)
    amount = kinds.constant(Literal(node.amount, kind), kind)
    if not node.kind.endswith("percent"):
        sign = "ge" if node.amount >= 0 else "le"
        return condition(f"{sign}.{ending}", reached, amount)
    hundred, zero = (kinds.constant(Literal(each, INT64), kind) for each in (100, 0))
    total = table.c[TOTAL]
    part = operation(f"{family}.mul", reached, hundred, type_=sql_type(kind))
    whole = operation(f"{family}.mul", total, amount, type_=sql_type(kind))
    return operation(
        "case",
        *(condition(f"gt.{ending}", total, zero), condition(f"ge.{ending}", part, whole)),
        *(condition(f"lt.{ending}", total, zero), condition(f"le.{ending}", part, whole)),
        *(bound(True, TRUTH), bound(True, TRUTH)),
        type_=TRUTH,
    )
