"""Short ways from the text of an expression to the rows of the second service."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select

from app.odata.engine.ast import Node, Shape
from app.odata.engine.grammar import apply as apply_grammar
from app.odata.engine.grammar import expressions
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.source import Service
from app.odata.engine.sql.apply import Result, pipeline
from app.odata.engine.sql.environment import Environment
from app.odata.engine.sql.expressions import Translator
from app.odata.engine.sql.stages import turned
from tests.second_service import data
from tests.second_service.fixtures import Shop

NOW = datetime(2024, 5, 12, 10, 0, tzinfo=UTC)
PRODUCTS = "Products"


def translator(service: Service, caller: str) -> Translator:
    """A translator whose clock stands at NOW."""
    return Translator(service, caller, lambda: NOW)


def scope(service: Service, home: str, caller: str) -> Scope:
    """What names mean for the entities of a set."""
    found = service.model.entity_set(home)
    dynamic = service.sources[home].dynamic(caller) if found.type.open else {}
    return Scope(model=service.model, type=found.type, home=found, dynamic=dynamic)


def parsed(service: Service, text: str, home: str = PRODUCTS, caller: str = data.ANNA) -> Node:
    """A condition."""
    return expressions.parse_condition(text, scope(service, home, caller), service.limits)


def filtered(
    service: Service, node: Node, home: str = PRODUCTS, caller: str = data.ANNA
) -> Select[Any]:
    """The keys of the entities that fulfil a condition."""
    found = translator(service, caller)
    bound = found.rows(service.model.entity_set(home))
    keys = [bound.rows.column(each.name) for each in service.model.key(bound.type)]
    chosen = select(*keys).where(bound.rows.visible())
    return chosen.where(found.condition(node, Environment.over(bound)))


def keys(
    shop: Shop, text: str, home: str = PRODUCTS, caller: str = data.ANNA
) -> list[tuple[Any, ...]]:
    """The keys of the entities for which a filter is true."""
    node = parsed(shop.service, text, home, caller)
    rows = shop.all(filtered(shop.service, node, home, caller), caller)
    return sorted(tuple(row) for row in rows)


def ids(shop: Shop, text: str, caller: str = data.ANNA) -> list[Any]:
    """The IDs of the products for which a filter is true."""
    return [key[0] for key in keys(shop, text, PRODUCTS, caller)]


def values(shop: Shop, text: str, home: str = PRODUCTS, caller: str = data.ANNA) -> list[Any]:
    """The value of an expression for each entity of a set, in the order of their keys."""
    node = expressions.parse(text, scope(shop.service, home, caller), shop.service.limits)
    found = translator(shop.service, caller)
    bound = found.rows(shop.service.model.entity_set(home))
    order = [bound.rows.column(each.name) for each in shop.service.model.key(bound.type)]
    value = found.value(node, Environment.over(bound)).label("value")
    chosen = select(value).where(bound.rows.visible()).order_by(*order)
    return [row[0] for row in shop.all(chosen, caller)]


def pipelined(
    service: Service, text: str, home: str = PRODUCTS, caller: str = data.ANNA
) -> tuple[Translator, Result, Shape | None]:
    """What $apply makes, as SQL, with the type that the grammar found for it."""
    transformations, shape = apply_grammar.parse(text, scope(service, home, caller), service.limits)
    found = translator(service, caller)
    bound = found.rows(service.model.entity_set(home))
    return found, pipeline(transformations, bound, found, [bound.rows.visible()]), shape


def applied(
    shop: Shop, text: str, home: str = PRODUCTS, caller: str = data.ANNA
) -> list[dict[str, Any]]:
    """The rows that $apply makes, in order: each value by its path."""
    _, result, shape = pipelined(shop.service, text, home, caller)
    names = list(result.columns)
    if shape is not None:
        wanted = {name for name, _ in (*shape.properties, *shape.paths)}
        names = [each for each in names if each in wanted or each.partition("/")[0] in wanted]
    labelled = [result.columns[each].label(f"x{place}") for place, each in enumerate(names)]
    chosen = result.select(*labelled).order_by(*(turned(*each) for each in result.order))
    return [dict(zip(names, row, strict=True)) for row in shop.all(chosen, caller)]
