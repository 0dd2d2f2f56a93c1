"""Addresses that cannot be read or lead nowhere; no text raises anything but a Problem."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.odata.engine.addresses import parse, relative
from app.odata.engine.problems import (
    BadRequest,
    NoSuchResource,
    NotSupported,
    Problem,
    TooLong,
)
from tests.unit.odata.address_model import MODEL, shown
from tests.unit.odata.test_address_texts import ROOTS
from tests.unit.odata.test_paths import LIMITS, G, read

BAD = [
    "Task(",
    "Task(')",
    f"Task('{G})",
    f"Task({G}",
    f"Task({G}))",
    f"Task('{G}'x)",
    f"Task(guid'{G}')",
    f"Task({G},{G})",
    f"Task({G})({G})",
    f"Task(Name='{G}')",
    f"Task(TaskItemId={G},TaskItemId={G})",
    f"Task/'{G}",
    "Task//Name",
    "Task/Top",
    "Task/Top()",
    "Task/Top(count=1,share=2)",
    "Task/Top(count=1,count=2)",
    "Task/Top(3)",
    "Task/DeleteNote(x=1)",
    "Task/DeleteNote(noteRelationId=)",
    "Task/$filter",
    "Task/$filter()",
    "Task/$count()",
    "Task/$count/$count",
    "Task/$count/Name",
    "Task/$value",
    f"Task({G})/$value",
    f"Task({G})/$count",
    f"Task({G})/$each",
    f"Task({G})/$filter(@f)",
    f"Task({G})/Name/$count",
    f"Task({G})/Name()",
    f"Task({G})/Origin/$value",
    f"Task({G})/Tags/$value",
    f"Task({G})/Thumb/$value",
    f"Task({G})/Project(1)",
    f"Task({G})/AddNote(htmlText='x')",
    f"Task({G})/AddNote/Name",
    f"Task({G})/AddNote/$query",
    f"Task({G})/GetContributors()/$count",
    "CustomField('n')",
    "CustomField(Name='n')",
    f"CustomField(Name='n','{G}')",
    "Setting(x)",
    "Setting(1)",
    "Me(1)",
    "Me/$each",
    "Reset(x=1)",
    "$metadata/Task",
    "$metadata()",
    "$batch/$count",
    "$all/Shop.Task/Name",
    "$entity/Shop.Task/Name",
    "$crossjoin",
    "$crossjoin()",
    "$crossjoin(Task,Task)",
    "$crossjoin(Task)/$count",
    "Task(%)",
    "Task(%2)",
    "Task(%zz)",
    "Task/%ff",
    "Task('%C3')",
    "Setting('%00')",
    "Setting('\x00')",
    "Setting('\ud800')",
    "Setting('%ED%A0%80')",
    "/".join(["Task"] * 33),
]


@pytest.mark.parametrize("path", BAD)
def test_what_cannot_be_read(path: str) -> None:
    with pytest.raises(BadRequest):
        read(path)


@pytest.mark.parametrize(
    "path",
    [
        "Nothing",
        "nothing(1)",
        "$nothing",
        "$root",
        "Task/$nothing",
        "Task(1)",
        "Task('x')",
        "Task(null)",
        "Task/Name",
        "Task/Project",
        "Task/Nothing",
        "Task/AddNote",
        f"Task({G})/BatchInsert",
        f"Task({G})/name",
        f"Task({G})/Nothing",
        f"Task({G})/Other",
        f"Task({G})/Shop.Project",
        f"Task({G})/Shop.Place",
        f"Task({G})/Name/Nothing",
        f"Task({G})/Name/$ref",
        f"Task({G})/Origin/Nothing",
        "Task/$each/Nothing",
        "Task/$each/$count",
        "Seat(2147483648)",
        "Seat(1.5)",
        "Line/1",
        "Order(1)/Lines(Number=2,OrderId=3)",
        "Setting('x')/Extra/More",
        "Setting('x')/Ex.tra",
        "Setting('x')/Extra()",
        "$all/Shop.Nothing",
        "$all/Shop.Place",
        "$entity/Nothing",
        "$crossjoin(Task,Nothing)",
        "$crossjoin(Task,Me)",
    ],
)
def test_what_does_not_exist(path: str) -> None:
    with pytest.raises(NoSuchResource):
        read(path)


def test_an_alias_that_is_not_there_is_null() -> None:
    with pytest.raises(NoSuchResource):
        read("Task(@p)", {})


def test_an_alias_of_an_alias_is_refused() -> None:
    with pytest.raises(BadRequest):
        read("Task(@p)", {"@p": "@q", "@q": G})


def test_ordinals_are_not_supported() -> None:
    with pytest.raises(NotSupported):
        read(f"Task({G})/Tags/-1")


def test_an_address_may_be_so_long() -> None:
    longest = f"Setting('{'a' * (LIMITS.url - 11)}')"
    assert len(longest) == LIMITS.url
    assert read(longest).startswith("set Setting / key aaa")
    with pytest.raises(TooLong):
        read(f"{longest}/")


def test_a_long_segment_is_quoted_in_part() -> None:
    with pytest.raises(NoSuchResource) as caught:
        read("x" * 5000)
    assert len(caught.value.message) < 200
    assert caught.value.target is not None
    assert len(caught.value.target) < 200


PIECES = [
    *("Task", "Setting", "CustomField", "Order", "Lines", "Me", "Best", "Top", "Open", "Shape"),
    *("Name", "Origin", "Tags", "Project", "Relations", "Shop.BigTask", "AddNote", "Default."),
    *("$count", "$value", "$ref", "$filter", "$each", "$query", "$all", "$crossjoin", "$metadata"),
    *("/", "/", "/", "(", ")", "'", "''", ",", "=", "@a", "%27", "%2F", "%", "%ff", '"', "\\", "{"),
    *("1", "-1", G, "null", "ä", "\ud800", "\0", " ", ".", "[", "]", "}"),
]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(some.lists(some.sampled_from(PIECES), max_size=14), some.booleans())
def test_nothing_but_problems(pieces: list[str], with_options: bool) -> None:
    options = {"@a": "'x", "count": "1"} if with_options else None
    try:
        steps = parse("".join(pieces), MODEL, limits=LIMITS, options=options)
    except Problem:
        return
    assert shown(steps)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(some.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    found = relative(text, ROOTS)
    assert found is None or not found[0].startswith("/")
    try:
        assert parse(text, MODEL, limits=LIMITS)
    except Problem as problem:
        assert problem.message


@pytest.mark.parametrize(
    "path",
    ["(" * 8000, "Task(" + "'" * 8000, "Task('" + "/(" * 4000, 'Task("' + 'a\\"' * 2600]
    + ["Setting(" + "," * 8000 + ")", "Setting('" + "''" * 4000 + "x)", "Task/" + "(" * 8000],
)
def test_long_nonsense_is_refused_at_once(path: str) -> None:
    with pytest.raises(Problem):
        read(path)
