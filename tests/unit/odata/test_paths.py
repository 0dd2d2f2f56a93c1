"""Addresses: paths to steps, URLs to paths, keys to text."""

import pytest

from app.odata.engine.addresses import parse
from app.odata.engine.source import Limits
from tests.unit.odata.address_model import (
    MODEL,
    shown,
)

G = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
KEY = f"set Task / key {G}"
ONE = f"{KEY} [Shop.Task]"
ALL = "[Collection(Shop.Task)]"
LIMITS = Limits()


def read(path: str, options: dict[str, str] | None = None) -> str:
    """What a path becomes, as one line."""
    return shown(parse(path, MODEL, limits=LIMITS, options=options))


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("", "service"),
        ("/", "service"),
        ("$metadata", "metadata"),
        ("/$metadata/", "metadata"),
        ("$METADATA", "metadata"),
        ("%24metadata", "metadata"),
        ("$batch", "batch"),
        ("$all", "all"),
        ("$all/Shop.BigTask", "all / type [Collection(Shop.BigTask)]"),
        ("$entity", "entity"),
        ("$entity/Shop.Task", "entity [Shop.Task]"),
        ("$crossjoin(Task,project)", "join Task*Project"),
        ("$crossjoin( Task , Project )/$query", "join Task*Project / query"),
    ],
)
def test_roots(path: str, steps: str) -> None:
    assert read(path) == steps


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("Task", f"set Task {ALL}"),
        ("task", f"set Task {ALL}"),
        ("/Task/", f"set Task {ALL}"),
        ("Task()", f"set Task {ALL}"),
        ("Me", "one Me [Shop.Project]"),
        ("me/Tasks", f"one Me / to Tasks→Task {ALL}"),
        ("Task/$count", "set Task / count [Edm.Int64]"),
        ("Task/$Count", "set Task / count [Edm.Int64]"),
        ("Task/$ref", f"set Task / ref {ALL}"),
        ("Task/$query", f"set Task / query {ALL}"),
        (f"Task({G})/Name", f"{KEY} / property Name [Edm.String]"),
        (f"Task({G})/Name/$value", f"{KEY} / property Name / value [Edm.String]"),
        (f"Task({G})/Colour/$value", f"{KEY} / property Colour / value [Shop.Colour]"),
        (f"Task({G})/Thumb", f"{KEY} / property Thumb [Edm.Stream]"),
        (f"Task({G})/Tags", f"{KEY} / property Tags [Collection(Edm.String)]"),
        (f"Task({G})/Tags/$count", f"{KEY} / property Tags / count [Edm.Int64]"),
        (f"Task({G})/Origin/City", f"{KEY} / property Origin / property City [Edm.String]"),
        (
            f"Task({G})/Origin/Shop.FarPlace/Country",
            f"{KEY} / property Origin / type / property Country [Edm.String]",
        ),
        (
            f"Task({G})/Places/Shop.FarPlace/$count",
            f"{KEY} / property Places / type / count [Edm.Int64]",
        ),
        (f"Task({G})/Origin/Shop", f"{KEY} / property Origin / to Shop→Seat [Shop.Seat]"),
        (f"Task({G})/Project", f"{KEY} / to Project→Project [Shop.Project]"),
        (
            f"Task({G})/Project/Tasks/$count",
            f"{KEY} / to Project→Project / to Tasks→Task / count [Edm.Int64]",
        ),
        (f"Task({G})/Project/$ref", f"{KEY} / to Project→Project / ref [Shop.Project]"),
        (f"Task({G})/Relations()/$ref", f"{KEY} / to Relations→Task / ref {ALL}"),
        (
            f"Task({G})/Relations({G})/$ref",
            f"{KEY} / to Relations→Task / key {G} / ref [Shop.Task]",
        ),
        (f"Task({G})/Nowhere", f"{KEY} / to Nowhere→- [Collection(Shop.Seat)]"),
        ("Task/Shop.BigTask", "set Task / type [Collection(Shop.BigTask)]"),
        (f"Task/Shop.BigTask({G})", f"set Task / type / key {G} [Shop.BigTask]"),
        (f"Task/Shop.BigTask/{G}", f"set Task / type / key {G} [Shop.BigTask]"),
        (f"Task({G})/Shop.BigTask/Size", f"{KEY} / type / property Size [Edm.Int32]"),
        ("Picture(1)/$value", "set Picture / key 1 / value [Edm.Stream]"),
        ("Setting('x')/Extra", "set Setting / key x / dynamic Extra"),
        ("Setting('x')/Extra/$value", "set Setting / key x / dynamic Extra / value"),
        ("Task/$filter(@f)/$count", "set Task / filter @f / count [Edm.Int64]"),
        (
            "Task/$filter(Project/Name eq 'a)/b')/$filter(%40p)",
            f"set Task / filter Project/Name eq 'a)/b' / filter @p {ALL}",
        ),
        (f"Task/$filter(@f)({G})", f"set Task / filter @f / key {G} [Shop.Task]"),
        ("Task/$each", "set Task / each [Shop.Task]"),
        (
            "Task/$filter(@f)/$each/AddNote",
            "set Task / filter @f / each / call Default.AddNote()",
        ),
    ],
)
def test_resources(path: str, steps: str) -> None:
    assert read(path) == steps


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        (f"Task({G})", ONE),
        (f"Task({G.upper()})", ONE),
        (f"Task('{G}')", ONE),
        (f"Task(%27{G}%27)", ONE),
        (f"Task%28{G}%29", ONE),
        (f"Task(TaskItemId={G})", ONE),
        (f"Task(taskitemid = '{G}')", ONE),
        (f"Task/{G}", ONE),
        (f"Task/'{G}'", ONE),
        (f"Task/TaskItemId={G}/", ONE),
        ("Task(@id)", "set Task / key @id [Shop.Task]"),
        ("Setting('it''s')", "set Setting / key it's [Shop.Setting]"),
        ("Setting(%27it%27%27s%27)", "set Setting / key it's [Shop.Setting]"),
        ("Setting('a/b')", "set Setting / key a/b [Shop.Setting]"),
        ("Setting('a%2Fb')", "set Setting / key a/b [Shop.Setting]"),
        ("Setting('a%252Fb')", "set Setting / key a%2Fb [Shop.Setting]"),
        ("Setting('(,')/Name", "set Setting / key (, / property Name [Edm.String]"),
        ("Setting('%C3%A4%E2%82%AC+\"')", 'set Setting / key ä€+" [Shop.Setting]'),
        ("Setting('ä')", "set Setting / key ä [Shop.Setting]"),
        ("Setting('')", "set Setting / key  [Shop.Setting]"),
        ("Setting/O'Neil", "set Setting / key O'Neil [Shop.Setting]"),
        ("Setting/O%27Neil/Name", "set Setting / key O'Neil / property Name [Edm.String]"),
        ("Setting/'tHooft", "set Setting / key 'tHooft [Shop.Setting]"),
        ("Setting/'a b'", "set Setting / key a b [Shop.Setting]"),
        ("Setting/a%2Fb", "set Setting / key a/b [Shop.Setting]"),
        ("Setting/a(b", "set Setting / key a(b [Shop.Setting]"),
        ("Setting/a(b/Name", "set Setting / key a(b / property Name [Edm.String]"),
        ("Setting/it's=1", "set Setting / key it's=1 [Shop.Setting]"),
        ("Setting/x=1", "set Setting / key x=1 [Shop.Setting]"),
        ("Setting/Some.Thing", "set Setting / key Some.Thing [Shop.Setting]"),
        (f"CustomField(Name='n',ObjectId={G})", f"set CustomField / key n|{G} [Shop.Field]"),
        (f"CustomField(ObjectId='{G}', Name='a,b')", f"set CustomField / key a,b|{G} [Shop.Field]"),
        (f"CustomField(Name=n,ObjectId={G})", f"set CustomField / key n|{G} [Shop.Field]"),
        (f"CustomField/Name=n,ObjectId={G}", f"set CustomField / key n|{G} [Shop.Field]"),
        (f"CustomField/n/{G}/Value", f"set CustomField / key n|{G} / property Value [Edm.String]"),
        ("CustomField(Name=@n,ObjectId=@o)", "set CustomField / key @n|@o [Shop.Field]"),
        ("Order(1)/Lines(2)", "set Order / key 1 / to Lines→Line / key 1|2 [Shop.Line]"),
        ("Order/1/Lines/2", "set Order / key 1 / to Lines→Line / key 1|2 [Shop.Line]"),
        ("Order(1)/Lines(Number=2)", "set Order / key 1 / to Lines→Line / key 1|2 [Shop.Line]"),
        (
            "Order(1)/Lines(Number=2,OrderId=1)/Order",
            "set Order / key 1 / to Lines→Line / key 1|2 / to Order→Order [Shop.Order]",
        ),
        ("Line/1/2", "set Line / key 1|2 [Shop.Line]"),
        ("Seat(-5)", "set Seat / key -5 [Shop.Seat]"),
        ("Span(duration'PT1S')", "set Span / key 0:00:01 [Shop.Span]"),
        ("Span('PT1S')", "set Span / key 0:00:01 [Shop.Span]"),
        ("Hue(Shop.Colour'Red')", "set Hue / key 1 [Shop.Hue]"),
        ("Hue('Green')", "set Hue / key 2 [Shop.Hue]"),
        ("Slot(2014-05-12T10:00:00Z)", "set Slot / key 2014-05-12 10:00:00+00:00 [Shop.Slot]"),
        ("Slot(2014-05-12T12:00%2B02:00)", "set Slot / key 2014-05-12 10:00:00+00:00 [Shop.Slot]"),
    ],
)
def test_keys(path: str, steps: str) -> None:
    assert read(path) == steps


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        (f"Task({G})/AddNote", f"{KEY} / call Default.AddNote()"),
        (f"Task({G})/addnote()", f"{KEY} / call Default.AddNote()"),
        (f"Task({G})/Default.AddNote", f"{KEY} / call Default.AddNote()"),
        (f"Task/{G}/default.ADDNOTE()", f"{KEY} / call Default.AddNote()"),
        (f"Task({G})/Far.Away.Other", f"{KEY} / call Far.Away.Other()"),
        ("Task/BatchInsert", "set Task / call Default.BatchInsert()"),
        (
            f"Task/DeleteNote(noteRelationId={G})",
            f"set Task / call Default.DeleteNote(noteRelationId={G}) [Edm.Boolean]",
        ),
        (
            f"Task/DeleteNote( NOTERELATIONID = '{G}' )",
            f"set Task / call Default.DeleteNote(noteRelationId='{G}') [Edm.Boolean]",
        ),
        (
            "Task/DeleteNote(noteRelationId=@p)",
            "set Task / call Default.DeleteNote(noteRelationId=@p) [Edm.Boolean]",
        ),
        ("Task/DeleteNote", "set Task / call Default.DeleteNote(noteRelationId?) [Edm.Boolean]"),
        ("Task/DeleteNote()", "set Task / call Default.DeleteNote(noteRelationId?) [Edm.Boolean]"),
        (
            f"Task({G})/GetContributors()",
            f"{KEY} / call Default.GetContributors() [Collection(Edm.String)]",
        ),
        (
            f"Task({G})/GetContributors/$query",
            f"{KEY} / call Default.GetContributors() / query [Collection(Edm.String)]",
        ),
        (f"Task/Open()({G})", f"set Task / call Default.Open()→Task / key {G} [Shop.Task]"),
        ("Task/Open/$count", "set Task / call Default.Open()→Task / count [Edm.Int64]"),
        (
            f"Task({G})/Home/Tasks",
            f"{KEY} / call Default.Home()→Project / to Tasks→Task {ALL}",
        ),
        (f"Task({G})/Shape", f"{KEY} / call Default.Shape() [Edm.String]"),
        (
            f"Task({G})/Shop.BigTask/Shape()",
            f"{KEY} / type / call Default.Shape(deep?) [Edm.Int32]",
        ),
        (
            f"Task({G})/Name/Shout()",
            f"{KEY} / property Name / call Default.Shout() [Edm.String]",
        ),
        ("Task/Top(count=3)", f"set Task / call Default.Top(count=3) {ALL}"),
        ("Task/Top(share=.5)", f"set Task / call Default.Top(share=.5) {ALL}"),
        ("Best(minimum=1)", f"import Best: Default.Best(minimum=1)→Task {ALL}"),
        ("best(on=2014-05-12)", f"import Best: Default.Best(on=2014-05-12)→Task {ALL}"),
        ("Best()", f"import Best: Default.Best(minimum?)→Task {ALL}"),
        ("Reset", "import Reset: Default.Reset()"),
    ],
)
def test_operations(path: str, steps: str) -> None:
    assert read(path) == steps


@pytest.mark.parametrize(
    ("path", "options", "steps"),
    [
        ("Task(@id)", {"@id": f"'{G}'"}, ONE),
        ("Task(TaskItemId=@id)", {"@id": G}, ONE),
        ("Setting(@n)", {"@n": " 'it''s' "}, "set Setting / key it's [Shop.Setting]"),
        ("Task/Top", {"share": "1"}, f"set Task / call Default.Top(share?) {ALL}"),
        ("Task/Top", {"@Count": "1", "x": ""}, f"set Task / call Default.Top(count?) {ALL}"),
        ("Best", {"on": "2014-05-12"}, f"import Best: Default.Best(on?)→Task {ALL}"),
    ],
)
def test_options_help(path: str, options: dict[str, str], steps: str) -> None:
    assert read(path, options) == steps
