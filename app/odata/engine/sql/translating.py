"""What the parts of the translation ask of each other. `expressions.Translator` is all of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement

from app.odata.engine.ast import Lambda, Literal, Node, NodeType
from app.odata.engine.edm import EntitySet, Model, Singleton
from app.odata.engine.source import Service
from app.odata.engine.sql.environment import Bound, Environment

Truth = ColumnElement[bool]
NOW: Final = "odata_now"  # the parameter that the instant of the request is


class Translating(ABC):
    """One request's translation of nodes to SQL."""

    service: Service
    clock: Callable[[], datetime]

    @property
    def model(self) -> Model:
        """The model of the service."""
        return self.service.model

    @abstractmethod
    def rows(self, entity_set: EntitySet | Singleton) -> Bound:
        """Rows of a set that no other use in this request shares."""

    @abstractmethod
    def value(self, node: Node, env: Environment) -> ColumnElement[Any]:
        """The value of any expression. A Boolean one is true, false or null as OData says."""

    @abstractmethod
    def value_as(self, node: Node, kind: NodeType, env: Environment) -> ColumnElement[Any]:
        """The value of an expression brought to a type that it promotes to."""

    @abstractmethod
    def holds(self, node: Node, env: Environment) -> Truth:
        """True exactly where the expression is; false or null elsewhere."""

    @abstractmethod
    def fails(self, node: Node, env: Environment) -> Truth:
        """True exactly where the expression is false; false or null elsewhere."""

    @abstractmethod
    def exists(self, node: Lambda, env: Environment) -> Truth:
        """any, or all; never null."""


def is_null(node: Node) -> bool:
    """The literal null, or an expression that is null whatever its operands are."""
    return node.type is None or (isinstance(node, Literal) and node.value is None)
