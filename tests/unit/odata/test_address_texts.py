"""URLs brought below the service root, and keys written as text."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from app.odata.engine.addresses import KeyStep, key_text, parse, relative
from app.odata.engine.edm import EntityType
from tests.unit.odata.address_model import FIELD, HUE, MODEL, ORDER, SETTING, SLOT, SPAN, TASK
from tests.unit.odata.test_paths import LIMITS, G

ROOTS = ("http://Host:80/odata", "/api/odata", "/api/v1/odata/")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("Task(1)", ("Task(1)", "")),
        ("Task(1)/Name?$format=json&a=b?c#d", ("Task(1)/Name", "$format=json&a=b?c")),
        ("", ("", "")),
        ("?$top=1", ("", "$top=1")),
        ("../../Products(0)", ("Products(0)", "")),
        ("./Task", ("Task", "")),
        ("..", ("", "")),
        ("Setting('a/../b')", ("Setting('a/../b')", "")),
        ("Slot(2014-05-12T10:00:00Z)", ("Slot(2014-05-12T10:00:00Z)", "")),
        ("/odata/Task(1)", ("Task(1)", "")),
        ("/odata", ("", "")),
        ("/odata/", ("", "")),
        ("/ODATA/Task", ("Task", "")),
        ("/odatas/Task", ("odatas/Task", "")),
        ("/api/odata/Task?$top=1", ("Task", "$top=1")),
        ("/api/v1/odata/Task", ("Task", "")),
        ("/Task(1)", ("Task(1)", "")),
        ("/", ("", "")),
        ("http://host/odata/Task(1)", ("Task(1)", "")),
        ("HTTP://HOST:80/odata/Task(1)", ("Task(1)", "")),
        ("https://host:443/odata/Task(1)", ("Task(1)", "")),
        ("https://host/odata", ("", "")),
        ("//host/odata/Task", ("Task", "")),
        ("http://any:99/api/odata/Task", ("Task", "")),
        (" http://host/odata/Task ", ("Task", "")),
        ("http://host/other/Task", None),
        ("http://host/odatas/Task", None),
        ("http://host", None),
        ("http://other/odata/Task", None),
        ("http://host:81/odata/Task", None),
        ("http://user@host/odata/Task", None),
        ("ftp://host/odata/Task", None),
    ],
)
def test_relative(url: str, expected: tuple[str, str] | None) -> None:
    assert relative(url, ROOTS) == expected


@pytest.mark.parametrize(
    ("kind", "key", "text"),
    [
        (TASK, (G,), f"({G})"),
        (ORDER, (-7,), "(-7)"),
        (SETTING, ("it's a/b (ä) %2F&+,",), "('it''s%20a%2Fb%20%28%C3%A4%29%20%252F%26%2B%2C')"),
        (FIELD, ("n", G), f"(Name='n',ObjectId={G})"),
        (SLOT, (datetime(2014, 5, 12, 10, tzinfo=UTC),), "(2014-05-12T10%3A00%3A00Z)"),
        (SPAN, (timedelta(seconds=1),), "(duration'PT1S')"),
        (HUE, (2,), "(Shop.Colour'Green')"),
    ],
)
def test_key_text(kind: EntityType, key: tuple[Any, ...], text: str) -> None:
    assert key_text(MODEL, kind, key) == text
    name = next(each.name for each in MODEL.entity_sets if each.type is kind)
    last = parse(name + text, MODEL, limits=LIMITS)[-1]
    assert isinstance(last, KeyStep)
    assert last.values == key


@settings(max_examples=200, deadline=None, derandomize=True)
@given(some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40))
@example("'")
@example("@a")
@example("null")
def test_every_string_key_comes_back(name: str) -> None:
    last = parse(f"Setting{key_text(MODEL, SETTING, (name,))}", MODEL, limits=LIMITS)[-1]
    assert isinstance(last, KeyStep)
    assert last.values == (name,)
