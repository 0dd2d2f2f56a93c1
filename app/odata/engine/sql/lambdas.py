"""any, all and $count of collections of entities (URL Conventions 5.1.1.13, 4.8)."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

from app.odata.engine.ast import Count, Lambda, Node
from app.odata.engine.edm import CollectionType, EntityType
from app.odata.engine.problems import NotSupported
from app.odata.engine.sql import search
from app.odata.engine.sql.environment import THIS, Environment
from app.odata.engine.sql.operations import condition
from app.odata.engine.sql.places import Place, resolved
from app.odata.engine.sql.translating import Translating, Truth
from app.odata.engine.sql.types import INTEGER


def exists(node: Lambda, env: Environment, tr: Translating) -> Truth:
    """any: there is one for which it is true. all: there is none for which it is not."""
    place = _collection(node.source, env, tr)
    chosen = place.selected(literal_column("1"))
    if node.predicate is None:
        env.deeper()
        return chosen.exists()
    inner = env.with_variable(node.variable or THIS, place.bound)
    truth = tr.holds(node.predicate, inner)
    if node.kind == "any":
        return chosen.where(truth).exists()
    return condition("not", chosen.where(condition("unsure", truth)).exists())


def counted(node: Count, env: Environment, tr: Translating) -> ColumnElement[Any]:
    """The number of entities, of those that a filter and a search leave."""
    place = _collection(node.source, env, tr)
    chosen = place.selected(func.count(type_=INTEGER))
    inner = env.with_variable(THIS, place.bound)
    if node.filter is not None:
        chosen = chosen.where(tr.holds(node.filter, inner))
    if node.search is not None:
        chosen = chosen.where(search.found(node.search, place.bound.rows))
    return chosen.scalar_subquery()


def _collection(source: Node, env: Environment, tr: Translating) -> Place:
    """The rows of a collection of entities, reached by a navigation."""
    kind = source.type
    if not isinstance(kind, CollectionType) or not isinstance(kind.item, EntityType):
        raise NotSupported("Only collections of entities can be looked into")
    place = resolved(source, env, tr)
    if not place.hops:
        raise NotSupported("This collection cannot be looked into")
    return place
