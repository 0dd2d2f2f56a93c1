"""$crossjoin: every combination of the entities of several sets (URL Conventions 4.15)."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from app.odata.engine import contexts
from app.odata.engine.addresses import key_text
from app.odata.engine.answering import listed
from app.odata.engine.ast import Options, Variable
from app.odata.engine.edm import EntitySet
from app.odata.engine.exchange import Exchange
from app.odata.engine.grammar import options as grammar
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.messages import Reply
from app.odata.engine.pages import Page, read
from app.odata.engine.paging import Position, Term
from app.odata.engine.reading import Reading, key_columns
from app.odata.engine.sql.environment import Bound, Environment


def crossjoin(exchange: Exchange, reading: Reading, sets: Sequence[EntitySet]) -> Reply:
    """A page of combinations, each as the navigation links of its entities."""
    service = exchange.service
    scope = Scope(
        model=service.model,
        variables={each.name: Variable(each.name, each.type) for each in sets},
    )
    options = grammar.read(exchange.system, scope, model=service.model, limits=service.limits)
    crossing = _Crossing(exchange, reading, sets, options)
    items, end = crossing.page(exchange.page(reading, options))
    total = crossing.total() if options.count else None
    return listed(exchange, items, contexts.ANY_OBJECTS, total=total, end=end)


class _Crossing:
    """The statement of a $crossjoin."""

    def __init__(
        self, exchange: Exchange, reading: Reading, sets: Sequence[EntitySet], options: Options
    ) -> None:
        self._exchange = exchange
        self._reading = reading
        self._options = options
        self._bounds: list[Bound] = [reading.translator.rows(each) for each in sets]
        names = (each.name for each in sets)
        self._environment = Environment.crossing(dict(zip(names, self._bounds, strict=True)))
        self._sets = sets

    def _conditions(self) -> list[ColumnElement[bool]]:
        found = [bound.rows.visible() for bound in self._bounds]
        if self._options.filter is not None:
            translator = self._reading.translator
            found.append(translator.condition(self._options.filter, self._environment))
        return found

    def _statement(self, columns: Sequence[ColumnElement[Any]]) -> Any:
        tables: list[Any] = [bound.rows.table for bound in self._bounds]
        crossed = reduce(lambda left, right: left.join(right, true()), tables)
        return select(*columns).select_from(crossed).where(*self._conditions())

    def _keys(self) -> list[list[ColumnElement[Any]]]:
        return [key_columns(self._exchange.service, bound) for bound in self._bounds]

    def total(self) -> int:
        """How many combinations there are."""
        return int(self._reading.run(self._statement([func.count()]))[0][0])

    def page(self, page: Page) -> tuple[list[dict[str, str]], Position | None]:
        """The items of a page, and where it ended when there are more."""
        ordered = self._reading.translator.order(self._options.orderby, self._environment)
        flat = [column for columns in self._keys() for column in columns]
        terms = [Term(expression, descending) for expression, descending in ordered]
        terms += [Term(column, False, False) for column in flat]
        columns = [*flat, *(term.expression for term in terms)]
        labelled = [each.label(f"c{number}") for number, each in enumerate(columns)]

        def end(row: Sequence[Any], left: int | None) -> Position:
            return Position(tuple(row[len(flat) :]), left)

        rows, position = read(self._reading.run, self._statement(labelled), terms, page, end)
        return [self._item(row) for row in rows], position

    def _item(self, row: Sequence[Any]) -> dict[str, str]:
        """The entities of a combination by name, as links to them."""
        prefix, model, place = self._exchange.manner.prefix, self._exchange.service.model, 0
        found = {}
        for each in self._sets:
            width = len(model.key(each.type))
            key = tuple(row[place : place + width])
            place += width
            found[f"{each.name}{prefix}navigationLink"] = each.name + key_text(
                model, each.type, key
            )
        return found
