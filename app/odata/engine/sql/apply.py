"""$apply: transformations one after the other, as one statement (Data Aggregation 4.0, chapter 3).

What a transformation has to remember goes into a common table expression at the beginning of the
statement; none of them depends on rows around it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Select

from app.odata.engine.ast import (
    Aggregate,
    Computed,
    Concat,
    Filtered,
    GroupBy,
    Identity,
    Limited,
    Node,
    NodeType,
    Ordered,
    Ranked,
    Searched,
    Skipped,
    Transformation,
)
from app.odata.engine.problems import NotSupported
from app.odata.engine.sql import search
from app.odata.engine.sql.aggregating import aggregated
from app.odata.engine.sql.environment import Bound, Environment
from app.odata.engine.sql.expressions import Translator
from app.odata.engine.sql.ranking import limited, ranked
from app.odata.engine.sql.stages import Sorted, Stage, Stages, path_of
from app.odata.engine.sql.translating import Truth
from app.odata.engine.sql.uniting import united

Partition = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What transformations have made: rows to select from, for the options that come behind.

    `bound` are the entities, other ones than at the beginning; None where the rows are no entities
    any more. `columns` are all values of a row by path ("Name", "Address/City", "Project/Name"),
    with their types in `types`. `order` is the order that transformations asked for, with what
    makes it total behind it; its terms can be null.
    """

    stage: Stage
    columns: Mapping[str, ColumnElement[Any]]
    types: Mapping[str, NodeType]
    order: Sequence[Sorted]

    @property
    def bound(self) -> Bound | None:
        """The entities, if they still are entities."""
        return self.stage.bound

    @property
    def environment(self) -> Environment:
        """For expressions of $filter, $orderby and $compute over the rows."""
        return self.stage.environment()

    @property
    def conditions(self) -> Sequence[Truth]:
        """What the rows have to fulfil."""
        return self.stage.conditions

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """A statement over the rows, without an order."""
        return self.stage.selected(*columns)


def pipeline(
    transformations: Sequence[Transformation],
    bound: Bound,
    translator: Translator,
    conditions: Sequence[Truth],
) -> Result:
    """The result of transformations over the entities that fulfil the conditions; `visible()` has
    to be one of these. Raises NotSupported for what cannot be done.
    """
    stages = Stages(translator, translator.name)
    start = Stage(bound, tuple(conditions))
    stage = _Pipeline(stages).run(transformations, start, ()).settled()
    everything = stages.everything(stage)
    return Result(
        stage,
        {path: each.expression for path, each in everything.items()},
        {path: each.type for path, each in everything.items()},
        stages.sorting(stage),
    )


class _Pipeline:
    """Transformations applied to stages. `partition` are the paths of the groups, each of which is
    transformed for itself; () for all rows together.
    """

    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    def run(
        self, transformations: Sequence[Transformation], stage: Stage, partition: Partition
    ) -> Stage:
        """All transformations, one after the other."""
        for each in transformations:
            stage = _APPLY[type(each)](self, each, stage, partition)
        return stage

    def identity(self, node: Identity, stage: Stage, partition: Partition) -> Stage:
        """The input."""
        return stage

    def filtered(self, node: Filtered, stage: Stage, partition: Partition) -> Stage:
        """filter."""
        truth = self._stages.translating.holds(node.predicate, stage.environment())
        return _with(stage, truth, partition)

    def searched(self, node: Searched, stage: Stage, partition: Partition) -> Stage:
        """search."""
        if stage.bound is None:
            raise NotSupported("search after aggregation is not supported", target="$apply")
        return _with(stage, search.found(node.search, stage.bound.rows), partition)

    def computed(self, node: Computed, stage: Stage, partition: Partition) -> Stage:
        """compute."""
        for item in node.items:
            stage = self._stages.computing(stage, item)
        return stage

    def ordered(self, node: Ordered, stage: Stage, partition: Partition) -> Stage:
        """orderby: what it does not tell apart keeps its order."""
        return replace(stage, order=(*node.items, *stage.order))

    def skipped(self, node: Skipped, stage: Stage, partition: Partition) -> Stage:
        """skip."""
        return limited(self._stages, stage, partition, skip=node.number)

    def limited(self, node: Limited, stage: Stage, partition: Partition) -> Stage:
        """top."""
        return limited(self._stages, stage, partition, top=node.number)

    def ranked(self, node: Ranked, stage: Stage, partition: Partition) -> Stage:
        """topcount and its kin."""
        return ranked(self._stages, stage, node, partition)

    def aggregate(self, node: Aggregate, stage: Stage, partition: Partition) -> Stage:
        """aggregate."""
        return aggregated(self._stages, stage, node.items, partition)

    def concat(self, node: Concat, stage: Stage, partition: Partition) -> Stage:
        """concat."""
        fork = self._stages.forks(stage)
        branches = [self.run(each, fork(), partition) for each in node.branches]
        return united(self._stages, branches, partition)

    def grouped(self, node: GroupBy, stage: Stage, partition: Partition) -> Stage:
        """groupby. The groups of a rollup are those of all its levels, the finest first."""
        stage = stage.settled()
        levels = _levels(node)
        groups = [_distinct((*partition, *each)) for each in levels]
        if len(groups) == 1:
            return self._group(node, stage, groups[0])
        fork = self._stages.forks(stage)
        branches = [self._group(node, fork(), each) for each in groups]
        return united(self._stages, branches, partition)

    def _group(self, node: GroupBy, stage: Stage, partition: Partition) -> Stage:
        if not node.then:
            return aggregated(self._stages, stage, (), partition)
        found = self.run(node.then, stage, partition)
        if found.bound is None:
            return found
        found = found.settled()
        for path, column in self._stages.everything(found, partition).items():
            if path not in found.columns and "/" in path:
                found = found.with_column(path, column)
        return found


def _with(stage: Stage, truth: Truth, partition: Partition) -> Stage:
    """One condition more. In a group of entities it does not yet take the group away."""
    if partition and stage.bound is not None:
        return replace(stage, pending=(*stage.pending, truth))
    return replace(stage, conditions=(*stage.conditions, truth))


def _distinct(partition: Partition) -> Partition:
    """Each path once."""
    return tuple({path_of(each): each for each in partition}.values())


def _levels(node: GroupBy) -> list[Partition]:
    """The paths of each grouping: all of them, then fewer and fewer of the rollup's."""
    found: list[Partition] = []
    least = 0 if node.total else 1
    for kept in range(len(node.rollup), least - 1, -1):
        left_out = set(node.rollup[kept:])
        paths = enumerate(node.paths)
        found.append(tuple(each for place, each in paths if place not in left_out))
    return found or [node.paths]


_APPLY: Final[Mapping[type, Callable[..., Stage]]] = {
    Identity: _Pipeline.identity,
    Filtered: _Pipeline.filtered,
    Searched: _Pipeline.searched,
    Computed: _Pipeline.computed,
    Ordered: _Pipeline.ordered,
    Skipped: _Pipeline.skipped,
    Limited: _Pipeline.limited,
    Ranked: _Pipeline.ranked,
    Aggregate: _Pipeline.aggregate,
    Concat: _Pipeline.concat,
    GroupBy: _Pipeline.grouped,
}
