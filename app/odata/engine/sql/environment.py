"""What the variables of an expression stand for in a statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause

from app.odata.engine.edm import NOTHING, EntitySet, EntityType, Singleton
from app.odata.engine.problems import BadRequest
from app.odata.engine.source import Rows

IT: Final = "$it"
THIS: Final = "$this"
DEEPEST: Final = 4  # subqueries inside one another: SQLite's parser has no room for many more


@dataclass(frozen=True, slots=True)
class Bound:
    """Rows of an entity set (or singleton) in a statement, with the type that they are seen as.
    `entity_set` None: no set is known; navigations then look for the only set of their type.
    """

    rows: Rows
    entity_set: EntitySet | Singleton | None
    type: EntityType


@dataclass(frozen=True, slots=True)
class Derived:
    """Rows of a subquery that $apply has made: columns by their path ("Project/Name", an alias)."""

    table: FromClause
    columns: Mapping[str, ColumnElement[Any]]


Instance = Bound | Derived


@dataclass(frozen=True, slots=True)
class Known:
    """A variable: its rows, and how many subqueries deep these rows stand."""

    instance: Instance
    level: int

    @property
    def table(self) -> FromClause:
        """The rows as part of a FROM."""
        found = self.instance
        return found.table if isinstance(found, Derived) else found.rows.table


@dataclass(frozen=True, slots=True)
class Environment:
    """Variables by name, computed properties by alias (they belong to the outermost rows), and how
    many subqueries deep an expression stands.
    """

    variables: Mapping[str, Known]
    computed: Mapping[str, ColumnElement[Any]] = field(default_factory=lambda: NOTHING)
    level: int = 0

    @classmethod
    def over(cls, instance: Instance) -> "Environment":
        """The properties of these rows need no prefix: they are `$it`, and `$this` where that is
        asked for.
        """
        known = Known(instance, 0)
        return cls({IT: known, THIS: known})

    @classmethod
    def crossing(cls, instances: Mapping[str, Instance]) -> "Environment":
        """Several rows side by side, each with its name ($crossjoin)."""
        return cls({name: Known(each, 0) for name, each in instances.items()})

    def with_computed(self, alias: str, expression: ColumnElement[Any]) -> "Environment":
        """With one more computed property."""
        return replace(self, computed={**self.computed, alias: expression})

    def deeper(self) -> "Environment":
        """Inside of a subquery. Raises BadRequest where it would be one too many."""
        if self.level == DEEPEST:
            message = f"any, all, $count and navigation are at most {DEEPEST} deep in one another"
            raise BadRequest(message)
        return replace(self, level=self.level + 1)

    def with_variable(self, name: str, instance: Instance) -> "Environment":
        """Inside of a subquery, with one more variable: its rows."""
        inner = self.deeper()
        variables = {**self.variables, name: Known(instance, inner.level)}
        return replace(inner, variables=variables)
