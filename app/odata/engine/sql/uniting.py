"""concat, and the levels of rollup: several results, one behind the other (Data Aggregation 3.2.2,
3.2.3.2). A column that a branch does not have is null there.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, union_all

from app.odata.engine.ast import Node, NodeType
from app.odata.engine.primitives import promote
from app.odata.engine.sql import kinds
from app.odata.engine.sql.environment import Derived
from app.odata.engine.sql.operations import bound
from app.odata.engine.sql.stages import PLACE, Column, Stage, Stages, placing
from app.odata.engine.sql.types import INTEGER

BRANCH = "_branch"


def united(stages: Stages, branches: Sequence[Stage], partition: tuple[Node, ...]) -> Stage:
    """The rows of all branches, in their order and that of each."""
    settled = [each.settled() for each in branches]
    parts = [stages.everything(each, partition) for each in settled]
    types = _types(parts)
    names = {path: f"c{number}" for number, path in enumerate(types)}
    selects = []
    for number, (stage, columns) in enumerate(zip(settled, parts, strict=True)):
        order = stages.sorting(stage)
        listed = [
            bound(number, INTEGER).label(BRANCH),
            placing(order).label(PLACE),
            *(_column(columns.get(path), kind).label(names[path]) for path, kind in types.items()),
        ]
        selects.append(stage.selected(*listed))
    table = stages.cte(union_all(*selects))
    found = {path: Column(table.c[names[path]], kind) for path, kind in types.items()}
    derived = Derived(table, {path: each.expression for path, each in found.items()})
    placed = ((table.c[BRANCH], False), (table.c[PLACE], False))
    return Stage(derived, columns=found, placed=placed)


def _types(parts: Sequence[dict[str, Column]]) -> dict[str, NodeType]:
    """The columns of all branches, each in a type that takes the values of all."""
    found: dict[str, NodeType] = {}
    for part in parts:
        for path, column in part.items():
            known = found.get(path)
            found[path] = promote(known, column.type) or known or column.type
    return found


def _column(column: Column | None, kind: NodeType) -> ColumnElement[object]:
    if column is None:
        return kinds.nothing(kind)
    return kinds.converted(column.expression, column.type, kind)
