"""$apply: what transformations make of a collection, as entities or as rows of another shape."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, tuple_

from app.odata.engine.ast import Options
from app.odata.engine.columns import Fetched
from app.odata.engine.edm import EdmType
from app.odata.engine.fetching import fetch
from app.odata.engine.focus import Entities
from app.odata.engine.pages import Page, read
from app.odata.engine.paging import Position, Term
from app.odata.engine.plans import plan_for
from app.odata.engine.reading import Listing, Reading, key_columns
from app.odata.engine.rendering import shaped
from app.odata.engine.sql.apply import Result, pipeline
from app.odata.engine.sql.environment import Bound


def transformed(reading: Reading, focus: Entities, options: Options) -> Result:
    """The transformations over a collection, as SQL."""
    bound = reading.translator.rows(focus.home)
    conditions = [bound.rows.visible(), *_chosen(reading, focus, bound)]
    return pipeline(options.apply, bound, reading.translator, conditions)


def _chosen(reading: Reading, focus: Entities, bound: Bound) -> list[ColumnElement[bool]]:
    """What the path says of the collection: by keys, since it may lead through other sets."""
    if focus.origin is None and focus.keys is None and not focus.filters:
        return []
    inner = Listing(reading, focus, Options())
    columns = key_columns(reading.service, bound)
    one = columns[0] if len(columns) == 1 else tuple_(*columns)
    return [one.in_(inner.statement(inner.key_columns()))]


class AppliedListing(Listing):
    """A list of the entities that transformations have left."""

    ends_with_key = False

    def __init__(
        self, reading: Reading, target: Entities, options: Options, result: Result, bound: Bound
    ) -> None:
        self.reading = reading
        self.target = target
        self.options = options
        self.kind = target.type
        self.bound = bound
        base = result.environment
        self.environment = reading.translator.computing(options.compute, base)
        self.owner = ()
        self._tables: Any = result.stage.table
        self._result = result
        self.conditions = [*result.conditions, *self._asked()]

    def _asked(self) -> list[ColumnElement[bool]]:
        """$search and $filter come behind $apply."""
        translator, options = self.reading.translator, self.options
        found = []
        if options.search is not None:
            found.append(translator.search(options.search, self.bound))
        if options.filter is not None:
            found.append(translator.condition(options.filter, self.environment))
        return found

    def terms(self) -> list[Term]:
        """$orderby, and behind it the order of the transformations."""
        asked = self.reading.translator.order(self.options.orderby, self.environment)
        return [Term(expression, down) for expression, down in (*asked, *self._result.order)]


def applied_entities(
    reading: Reading, focus: Entities, options: Options, page: Page
) -> Fetched | None:
    """A page of the entities that are left; None where $apply made something else of them."""
    if options.shape is not None:
        return None
    result = transformed(reading, focus, options)
    if result.bound is None:
        return None
    listing = AppliedListing(reading, focus, options, result, result.bound)
    return fetch(reading, plan_for(listing), page)


class AppliedRows:
    """The rows that transformations have made, with the options behind them."""

    def __init__(self, reading: Reading, focus: Entities, options: Options) -> None:
        self._reading = reading
        self._kind = focus.type
        self._options = options
        self._result = transformed(reading, focus, options)
        translator = reading.translator
        self._environment = translator.computing(options.compute, self._result.environment)
        self._conditions: list[ColumnElement[bool]] = []
        if options.filter is not None:
            self._conditions.append(translator.condition(options.filter, self._environment))

    def columns(self) -> dict[str, tuple[ColumnElement[Any], Any]]:
        """What is shown, by path: expression and type."""
        found: dict[str, tuple[ColumnElement[Any], Any]] = {
            path: (column, self._result.types[path])
            for path, column in self._result.columns.items()
        }
        for item in self._options.compute:
            value = self._reading.translator.value(item.expression, self._environment)
            found[item.alias] = (value, item.expression.type)
        wanted = self._wanted()
        return {path: each for path, each in found.items() if _is_wanted(path, wanted)}

    def _wanted(self) -> set[str] | None:
        options = self._options
        if options.select is None or options.select_all:
            return None
        return {"/".join((item.name, *item.path)) for item in options.select}

    def total(self) -> int:
        """How many rows there are."""
        statement = self._result.select(func.count()).where(*self._conditions)
        return int(self._reading.run(statement)[0][0])

    def page(self, page: Page) -> tuple[list[Any], Position | None]:
        """The objects of a page, and where it ended when there are more."""
        columns = self.columns()
        asked = self._reading.translator.order(self._options.orderby, self._environment)
        terms = [Term(expression, down) for expression, down in (*asked, *self._result.order)]
        listed = [*(column for column, _ in columns.values()), *(each.expression for each in terms)]
        labelled = [each.label(f"c{number}") for number, each in enumerate(listed)]
        statement = self._result.select(*labelled).where(*self._conditions)

        def end(row: Sequence[Any], left: int | None) -> Position:
            return Position(tuple(row[len(columns) :]), left)

        rows, position = read(self._reading.run, statement, terms, page, end)
        return self._objects({path: kind for path, (_, kind) in columns.items()}, rows), position

    def _objects(self, kinds: dict[str, EdmType | None], rows: Sequence[Any]) -> list[Any]:
        model = self._reading.service.model
        return shaped(kinds, rows, self._reading.manner, model.properties(self._kind))


def _is_wanted(path: str, wanted: set[str] | None) -> bool:
    if wanted is None:
        return True
    parts = path.split("/")
    return any("/".join(parts[: length + 1]) in wanted for length in range(len(parts)))
