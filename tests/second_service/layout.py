"""How the model lies in the tables: columns of properties, and the ways of navigations."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Table, and_, exists

from app.odata.engine.edm import INT32, STREAM, STRING, ComplexType, EntityType, Structured
from tests.second_service import model, tables

BIGGER_LETTER = re.compile(r"(?<=[a-z])(?=[A-Z])")
Pairs = tuple[tuple[str, str], ...]  # (column here, column there)


@dataclass(frozen=True, slots=True)
class Foreign:
    """Columns here equal the key there (one), or the key here equals columns there (a collection).
    `target` is the name of an entity set.
    """

    target: str
    pairs: Pairs
    collection: bool = False

    def condition(self, mine: FromClause, theirs: FromClause) -> ColumnElement[bool]:
        """Both rows are connected."""
        return and_(*(mine.c[here] == theirs.c[there] for here, there in self.pairs))


@dataclass(frozen=True, slots=True)
class Paired:
    """A table of pairs connects the rows: `here` and `there` are its columns, `pairs` is empty."""

    target: str
    table: Table
    here: str
    there: str
    pairs: Pairs = ()
    collection: bool = True

    def condition(self, mine: FromClause, theirs: FromClause) -> ColumnElement[bool]:
        """There is a pair. Both sides are correlated by name: they may stand in any statement
        around this one.
        """
        pair = self.table.alias()
        found = exists().where(pair.c[self.here] == mine.c.id, pair.c[self.there] == theirs.c.id)
        return found.correlate(mine, theirs)


Way = Foreign | Paired


@dataclass(frozen=True, slots=True)
class Layout:
    """One set in its table. `columns` maps paths of properties to columns, of derived types too;
    `streams` names the columns of bytes and media type; `among` the properties with an index.
    """

    type: EntityType
    table: Table
    columns: Mapping[str, str]
    ways: Mapping[str, Way] = field(default_factory=dict)
    searched: tuple[str, ...] = ("Name",)
    among: tuple[str, ...] = ()
    streams: Mapping[str | None, tuple[str, str]] = field(default_factory=dict)
    dynamic: Mapping[str, Any] = field(default_factory=dict)
    keys_from_client: bool = True

    def key_columns(self) -> tuple[str, ...]:
        """The columns of the key, in its order."""
        return tuple(self.columns[each.name] for each in model.MODEL.key(self.type))

    def property_of(self, column: str) -> str:
        """The property that a column holds."""
        return next(path for path, name in self.columns.items() if name == column)

    def stored(self, values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
        """Column values of property values: complex ones as mappings, or by their path. None for a
        complex value empties all columns below it. The model is three levels deep.
        """
        found: dict[str, Any] = {}
        for name, value in values.items():
            path = above + name
            if isinstance(value, Mapping):
                found |= self.stored(value, f"{path}/")
            elif path in self.columns:
                found[self.columns[path]] = value
            else:
                below = [
                    column for each, column in self.columns.items() if each.startswith(f"{path}/")
                ]
                assert value is None and below, path
                found |= dict.fromkeys(below)
        return found

    def folded(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The text that a search looks at, when one of its properties is among the values."""
        given = [values[name] or "" for name in self.searched if name in values]
        return {"folded": "\n".join(given).casefold()} if given else {}


def _snake(path: str) -> str:
    return BIGGER_LETTER.sub("_", path.replace("/", "_")).lower()


def _paths(kind: Structured, above: str = "") -> Iterator[str]:
    for each in model.MODEL.properties(kind).values():
        if isinstance(each.type, ComplexType):
            yield from _paths(each.type, f"{above}{each.name}/")
        elif each.type != STREAM:
            yield above + each.name


def _columns(kind: EntityType, table: Table) -> dict[str, str]:
    family = (kind, *model.MODEL.derived(kind))
    found = {path: _snake(path) for each in family for path in _paths(each)}
    assert set(found.values()) <= set(table.columns.keys())
    return found


def _layout(kind: EntityType, table: Table, **more: Any) -> Layout:
    return Layout(kind, table, _columns(kind, table), **more)


LAYOUTS: Final[Mapping[str, Layout]] = {
    "Products": _layout(
        model.PRODUCT,
        tables.PRODUCT,
        ways={
            "Category": Foreign("Categories", (("category_id", "id"),)),
            "Related": Paired("Products", tables.RELATED, "product_id", "related_id"),
            "Lines": Foreign("OrderLines", (("id", "product_id"),), collection=True),
        },
        among=("ID", "CategoryID"),
        streams={"Thumb": ("thumb", "thumb_type")},
    ),
    "Categories": _layout(
        model.CATEGORY,
        tables.CATEGORY,
        ways={
            "Parent": Foreign("Categories", (("parent_id", "id"),)),
            "Children": Foreign("Categories", (("id", "parent_id"),), collection=True),
            "Products": Foreign("Products", (("id", "category_id"),), collection=True),
        },
    ),
    "Orders": _layout(
        model.ORDER,
        tables.ORDER,
        ways={"Lines": Foreign("OrderLines", (("id", "order_id"),), collection=True)},
        searched=("Customer",),
    ),
    "OrderLines": _layout(
        model.ORDER_LINE,
        tables.ORDER_LINE,
        ways={
            "Order": Foreign("Orders", (("order_id", "id"),)),
            "Product": Foreign("Products", (("product_id", "id"),)),
        },
        searched=("Note",),
    ),
    "Pictures": _layout(
        model.PICTURE,
        tables.PICTURE,
        searched=("Title",),
        streams={None: ("body", "body_type")},
        keys_from_client=False,
    ),
    "Settings": _layout(model.SETTING, tables.SETTING, dynamic={"Extra": STRING, "Level": INT32}),
    "Shop": _layout(model.SHOP_INFO, tables.SHOP, keys_from_client=False),
}
