"""The second service by itself, without HTTP: its package, its model, what its rows say."""

import ast
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import and_, exists, func, not_, or_, select
from sqlalchemy.exc import StatementError

from app.odata.engine.edm import EntityType, Model
from tests.second_service import data, model
from tests.second_service.fixtures import Shop
from tests.second_service.layout import LAYOUTS
from tests.second_service.looking import key_columns, key_of, keys_of, visible_keys

FOLDER = Path(data.__file__).parent
CALLERS = (data.ANNA, data.BEN, data.GUEST)
MODEL: Model = model.MODEL


def member(entity: data.Entity, path: str) -> Any:
    """The value at a path of the data; None below None, and for a property of other types."""
    found: Any = entity
    for name in path.split("/"):
        found = None if found is None else found.get(name)
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_it_imports_the_engine_and_the_domain_errors_only(path: Path) -> None:
    tree = ast.parse(path.read_text())
    named = {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    named |= {n.name for e in ast.walk(tree) if isinstance(e, ast.Import) for n in e.names}
    ours = {each for each in named if each.split(".")[0] == "app"}
    assert all(each == "app.errors" or each.startswith("app.odata.engine.") for each in ours)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_it_knows_nothing_of_tasks(path: Path) -> None:
    words = path.read_text().lower()
    assert not [word for word in ("tandem", "flask", "todo", "tasklist") if word in words]


def test_every_set_has_a_source_and_every_operation_a_handler(shop: Shop) -> None:
    named = {each.name for each in MODEL.entity_sets} | {each.name for each in MODEL.singletons}
    assert set(shop.service.sources) == named
    assert set(shop.service.handlers) == set(MODEL.operations)


@pytest.mark.parametrize("name", LAYOUTS)
def test_navigations_have_ways_bindings_and_partners(name: str) -> None:
    layout = LAYOUTS[name]
    known = MODEL.navigations(layout.type)
    bound: Any = MODEL.resources[name.lower()]
    assert set(layout.ways) == set(known)
    assert dict(bound.bindings) == {each: way.target for each, way in layout.ways.items()}
    for each, way in known.items():
        assert LAYOUTS[layout.ways[each].target].type.qualified == way.target
        assert layout.ways[each].collection == way.collection
        if way.partner is not None:
            back = MODEL.navigations(MODEL.entity_type(way.target))[way.partner]
            assert (back.partner, back.target) == (each, layout.type.qualified)


@pytest.mark.parametrize("kind", MODEL.entity_types, ids=lambda kind: kind.name)
def test_constraints_name_properties(kind: EntityType) -> None:
    for way in MODEL.navigations(kind).values():
        target = MODEL.properties(MODEL.entity_type(way.target))
        for mine, theirs in way.constraints:
            assert MODEL.properties(kind)[mine].type == target[theirs].type


# Rows


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_property_is_read_as_the_data_has_it(shop: Shop, name: str) -> None:
    rows = shop.rows(name, caller=data.ANNA)
    paths = [*LAYOUTS[name].columns, *LAYOUTS[name].dynamic]
    chosen = select(*(rows.column(path) for path in paths)).where(rows.visible())
    found = [dict(zip(paths, row, strict=True)) for row in shop.all(chosen)]
    expected = [
        {path: member(each, path) for path in paths} for each in data.visible(name, data.ANNA)
    ]
    assert sorted(map(repr, found)) == sorted(map(repr, expected))


def test_a_property_that_is_none_has_no_column(shop: Shop) -> None:
    for name in ("Nonsense", "Thumb", "Origin", "hidden", "owner"):
        with pytest.raises(KeyError):
            shop.rows("Products").column(name)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_caller_sees_what_is_his_or_open(shop: Shop, name: str, caller: str) -> None:
    assert visible_keys(shop, name, caller) == keys_of(name, data.visible(name, caller))


def test_callers_differ_in_what_they_see() -> None:
    seen = {caller: data.keys(data.visible("Products", caller), "ID") for caller in CALLERS}
    assert [7 in seen[each] for each in CALLERS] == [True, False, False]
    assert [13 in seen[each] for each in CALLERS] == [False, True, False]


def test_statements_over_products_take_the_caller_at_execution(shop: Shop) -> None:
    rows = shop.rows("Products")
    chosen = select(func.count()).select_from(rows.table).where(rows.visible())
    assert shop.all(chosen, data.BEN)[0][0] == 13
    with shop.connection() as connection, pytest.raises(StatementError, match="caller"):
        connection.execute(chosen)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(("name", "navigation"), data.NAVIGATIONS)
def test_navigations_lead_where_the_data_says(
    shop: Shop, name: str, navigation: str, caller: str
) -> None:
    target = data.NAVIGATIONS[name, navigation][0]
    mine, theirs = shop.rows(name, "t0", caller), shop.rows(target, "t1", caller)
    columns = (*key_columns(mine, name), *key_columns(theirs, target))
    # A join, and no plain list of both: SQLAlchemy warns of a product when only EXISTS ties them.
    both = mine.table.join(theirs.table, mine.joined(navigation, theirs))
    chosen = select(*columns).select_from(both).where(mine.visible(), theirs.visible())
    expected = [
        (*key_of(name, each), *key_of(target, other))
        for each in data.visible(name, caller)
        for other in data.navigated(name, each, navigation, caller)
    ]
    assert expected
    assert sorted(tuple(row) for row in shop.all(chosen, caller)) == sorted(expected)


@pytest.mark.parametrize("first", ["Related", "Lines", "Category"])
def test_navigations_work_three_levels_deep(shop: Shop, first: str) -> None:
    """Products that lead (by `first`) to something that leads to a product related to one with a
    price: each EXISTS refers to the row just outside of it, a table of pairs to both.
    """
    second = {"Related": "Related", "Lines": "Product", "Category": "Products"}[first]
    between = data.NAVIGATIONS["Products", first][0]
    t0, t1 = shop.rows("Products", "t0"), shop.rows(between, "t1")
    t2, t3 = shop.rows("Products", "t2"), shop.rows("Products", "t3")
    inmost = and_(t2.joined("Related", t3), t3.visible(), t3.column("Price").is_not(None))
    inner = and_(t1.joined(second, t2), t2.visible(), exists().where(inmost))
    outer = and_(t0.joined(first, t1), t1.visible(), exists().where(inner))
    chosen = select(t0.column("ID")).where(exists().where(outer), t0.visible())
    expected = [
        each["ID"]
        for each in data.visible("Products", data.ANNA)
        for one in [data.navigated("Products", each, first, data.ANNA)]
        if any(_leads_to_price(between, other, second) for other in one)
    ]
    assert expected
    assert sorted(row[0] for row in shop.all(chosen)) == expected


def _leads_to_price(name: str, entity: data.Entity, navigation: str) -> bool:
    return any(
        each["Price"] is not None
        for product in data.navigated(name, entity, navigation, data.ANNA)
        for each in data.navigated("Products", product, "Related", data.ANNA)
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [("ID", [1]), ("ID", [1, 4, 99]), ("CategoryID", [2]), ("CategoryID", [2, 5, 6, 77])],
)
def test_among_is_the_comparison_and_never_null(shop: Shop, name: str, values: list[int]) -> None:
    rows = shop.rows("Products")
    among = rows.among(name, values)
    assert among is not None
    for condition, wanted in ((among, True), (not_(among), False)):
        chosen = select(rows.column("ID")).where(condition, rows.visible())
        expected = [
            each["ID"]
            for each in data.visible("Products", data.ANNA)
            if (each[name] in values) is wanted
        ]
        assert sorted(row[0] for row in shop.all(chosen)) == expected


def test_among_says_nothing_of_other_properties(shop: Shop) -> None:
    assert shop.rows("Products").among("Name", ["Lamp"]) is None
    assert shop.rows("Orders").among("Id", [data.ORDER_A]) is None


@pytest.mark.parametrize(
    ("name", "term", "expected"),
    [
        ("Products", "HAMMER", [1, 2]),
        ("Products", "ärmel", [4]),
        ("Products", "STRASSE", [8]),
        ("Products", "100% w", [5]),
        ("Products", "l_s", [5]),
        ("Products", "%", [5]),
        ("Products", "\\", [6]),
        ("Products", '"BEST" \\', [6]),
        ("Products", "hidden", [7]),
        ("Products", "語", [14]),
        ("Categories", "MASSE", [3]),
        ("Pictures", "front", [1]),
        ("Products", "Köln", []),
    ],
)
def test_search_looks_at_names_in_any_case(
    shop: Shop, name: str, term: str, expected: list[int]
) -> None:
    rows = shop.rows(name)
    chosen = select(*key_columns(rows, name)).where(rows.search(term), rows.visible())
    assert sorted(row[0] for row in shop.all(chosen)) == expected


def test_products_say_their_type(shop: Shop) -> None:
    rows = shop.rows("Products")
    name = rows.type_name()
    assert name is not None
    found = shop.all(select(rows.column("ID"), name).where(rows.visible()))
    expected = [(each["ID"], each["@type"]) for each in data.visible("Products", data.ANNA)]
    assert sorted(tuple(row) for row in found) == expected
    assert shop.rows("Orders").type_name() is None


@pytest.mark.parametrize("name", LAYOUTS)
def test_products_and_orders_have_an_etag(shop: Shop, name: str) -> None:
    assert (shop.rows(name).etag() is not None) == (name in ("Products", "Orders"))


def test_orders_come_newest_first_those_without_a_date_last(shop: Shop) -> None:
    rows = shop.rows("Orders")
    order = rows.order()
    assert order is not None
    terms = [expression.desc() if down else expression for expression, down in order]
    columns: list[Any] = [rows.column("Customer"), order[0][0]]
    found = [tuple(row) for row in shop.all(select(*columns).order_by(*terms, rows.column("Id")))]
    assert [row[0] for row in found] == ["Jöran", "Mia", "Nobody", "mia"]
    assert all(row[1] is not None for row in found)
    assert shop.rows("Products").order() is None


@pytest.mark.parametrize(
    ("name", "wanted", "expected"),
    [("Level", 3, "Depth"), ("Extra", "Grüß 'Gott'", "Greeting"), ("Level", -(2**31), "Greeting")],
)
def test_dynamic_properties_can_be_compared(
    shop: Shop, name: str, wanted: Any, expected: str
) -> None:
    source = shop.source("Settings")
    rows = source.rows("t0", data.ANNA)
    assert name in source.dynamic(data.ANNA)
    found = shop.all(select(rows.column("Name")).where(rows.column(name) == wanted))
    assert [row[0] for row in found] == [expected]


def test_two_uses_of_a_set_keep_apart(shop: Shop) -> None:
    one, other = shop.rows("Products", "t0"), shop.rows("Products", "t1")
    cheaper = select(one.column("ID")).where(
        one.visible(),
        exists().where(
            other.column("Stock") == one.column("Stock"), other.column("ID") < one.column("ID")
        ),
    )
    assert sorted(row[0] for row in shop.all(cheaper)) == [10, 14]


def test_each_test_begins_with_the_data(shop: Shop) -> None:
    rows = shop.rows("Products")
    mine = or_(rows.visible(), rows.column("ID") == 13)
    assert len(shop.all(select(rows.column("ID")).where(mine))) == len(data.PRODUCTS)
    assert shop.store.now() == data.NOW
