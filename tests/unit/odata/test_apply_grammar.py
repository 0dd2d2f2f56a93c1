"""$apply: transformations, and the types of what they make."""

import pytest

from app.odata.engine.ast import Shape
from app.odata.engine.edm import INT64, STRING
from app.odata.engine.grammar import apply
from app.odata.engine.grammar.options import read
from tests.unit.odata.grammar_model import (
    LIMITS,
    MODEL,
    NOTES,
    SCOPE,
    refusal,
    shape_text,
    shown,
)

BAD = "BadRequest"
NOT_DONE = "NotSupported"

# What each transformation is read as, and the columns behind it; "-": entities stay what they are.
TRANSFORMATIONS = [
    ("identity", "identity", "-"),
    ("filter(Done)", "filter(Done:Boolean)", "-"),
    ("Filter( Done )/IDENTITY", "filter(Done:Boolean); identity", "-"),
    ("filter(@price)", "filter((gt Price:Decimal, 5:Decimal))", "-"),
    ('search(a OR "b c")', "search(OR('a', 'b c'))", "-"),
    ("search(a (b) c)/top(5)", "search(AND('a', 'b', 'c')); top(5)", "-"),
    ("search('gr(een')/top(5)", "search('gr(een'); top(5)", "-"),
    ("skip(5)/top( 10 )", "skip(5); top(10)", "-"),
    ("top(99999999999999999999)", "top(9223372036854775807)", "-"),
    ("orderby(Name desc,Count)", "orderby(Name:String desc, Count:Int32)", "-"),
    ("topcount(2,Count)", "topcount(2, Count:Int32)", "-"),
    ("bottomcount(0,Name)", "bottomcount(0, Name:String)", "-"),
    ("topsum(100.5,Price)", "topsum(100.5, Price:Decimal)", "-"),
    ("bottomsum(-10,Count add 1)", "bottomsum(-10, (add Count:Int32, 1:Int32):Int32)", "-"),
    ("toppercent(50,Price)", "toppercent(50, Price:Decimal)", "-"),
    ("bottompercent(1e1,Price)", "bottompercent(10.0, Price:Decimal)", "-"),
    (
        "concat(topcount(1,Count),bottomcount(1,Count)/top(1))",
        "concat(topcount(1, Count:Int32) | bottomcount(1, Count:Int32), top(1))",
        "-",
    ),
    ("aggregate($count as N)", "aggregate(- count N:Int64)", "N:Int64"),
    (
        "aggregate(Big with sum as A,Tiny with sum as B,Price with SUM as C)",
        "aggregate(Big:Int64 sum A:Int64, Tiny:Byte sum B:Int64, Price:Decimal sum C:Decimal)",
        "A:Int64, B:Int64, C:Decimal",
    ),
    (
        "aggregate(Weight with sum as A,Ratio with sum as B)",
        "aggregate(Weight:Double sum A:Double, Ratio:Single sum B:Double)",
        "A:Double, B:Double",
    ),
    (
        "aggregate(Count with average as A,Price with average as B,Ratio with average as C)",
        "aggregate(Count:Int32 average A:Double, Price:Decimal average B:Decimal,"
        " Ratio:Single average C:Double)",
        "A:Double, B:Decimal, C:Double",
    ),
    (
        "aggregate(Name with min as A,At with max as B,Color with max as C)",
        "aggregate(Name:String min A:String, At:DateTimeOffset max B:DateTimeOffset,"
        " Color:Color max C:Color)",
        "A:String, B:DateTimeOffset, C:Color",
    ),
    (
        "aggregate(Name with countdistinct as A,Category with countdistinct as B)",
        "aggregate(Name:String countdistinct A:Int64,"
        " Category:Category/Id:Int32 countdistinct B:Int64)",
        "A:Int64, B:Int64",
    ),
    (
        "aggregate(Count mul Price with sum as Total,Category/Id with max as M)",
        "aggregate((mul Count:Int32, Price:Decimal):Decimal sum Total:Decimal,"
        " Category:Category/Id:Int32 max M:Int32)",
        "Total:Decimal, M:Int32",
    ),
    ("groupby((Name))", "groupby(Name:String | )", "Name:String"),
    ("groupby((Name,Name))", "groupby(Name:String | )", "Name:String"),
    (
        "groupby( ( Name , Category/Name , Address/City ) )",
        "groupby(Name:String, Category:Category/Name:String, Address:Address/City:String | )",
        "Name:String, Category/Name:String, Address/City:String",
    ),
    (
        "groupby((Name),aggregate($count as N,Count with sum as Count))",
        "groupby(Name:String | aggregate(- count N:Int64, Count:Int32 sum Count:Int64))",
        "Name:String, N:Int64, Count:Int64",
    ),
    ("groupby((Ns.Book/Pages))", "groupby(<Book>/Pages:Int32 | )", "Pages:Int32"),
    (
        "groupby((rollup(Category/Name,Name)))",
        "groupby(Category:Category/Name:String, Name:String rollup[0, 1] | )",
        "Name:String, Category/Name:String",
    ),
    (
        "groupby((Color,rollup($all,Category/Name,Name)),aggregate($count as N))",
        "groupby(Color:Color, Category:Category/Name:String, Name:String rollup[1, 2] total"
        " | aggregate(- count N:Int64))",
        "Color:Color, Name:String, N:Int64, Category/Name:String",
    ),
    ("groupby((rollup($all,Name)))", "groupby(Name:String rollup[0] total | )", "Name:String"),
    (
        "groupby((Name),aggregate(Count with sum as S)/filter(S gt 5))",
        "groupby(Name:String | aggregate(Count:Int32 sum S:Int64),"
        " filter((gt $it:{S:Int64}/S!:Int64, 5:Int64)))",
        "Name:String, S:Int64",
    ),
    (
        "groupby((Name,Color))/groupby((Name),aggregate($count as N))",
        "groupby(Name:String, Color:Color | );"
        " groupby($it:{Name:String, Color:Color}/Name!:String | aggregate(- count N:Int64))",
        "Name:String, N:Int64",
    ),
    (
        "groupby((Category/Name),aggregate($count as N))/orderby(Category/Name desc,N)",
        "groupby(Category:Category/Name:String | aggregate(- count N:Int64));"
        " orderby($it:{N:Int64, Category/Name:String}/Category:Category/Name:String desc,"
        " $it:{N:Int64, Category/Name:String}/N!:Int64)",
        "N:Int64, Category/Name:String",
    ),
    (
        "groupby((Category/Name))/groupby((Category/Name))",
        "groupby(Category:Category/Name:String | );"
        " groupby($it:{Category/Name:String}/Category:Category/Name:String | )",
        "Category/Name:String",
    ),
    (
        "compute(Count add 1 as A,A mul 2 as B)/groupby((B))",
        "compute((add Count:Int32, 1:Int32):Int32 as A, (mul A!:Int32, 2:Int32):Int32 as B);"
        " groupby(B!:Int32 | )",
        "B:Int32",
    ),
    (
        "aggregate($count as N)/compute(N add 1 as M)/filter(M gt N)",
        "aggregate(- count N:Int64); compute((add $it:{N:Int64}/N!:Int64, 1:Int64):Int64 as M);"
        " filter((gt $it:{N:Int64}/M!:Int64, $it:{N:Int64}/N!:Int64))",
        "N:Int64, M:Int64",
    ),
    (
        "concat(aggregate($count as N),groupby((Name)))",
        "concat(aggregate(- count N:Int64) | groupby(Name:String | ))",
        "N:Int64, Name:String",
    ),
    (
        "concat(aggregate(Count with sum as S),aggregate(Price with sum as S))",
        "concat(aggregate(Count:Int32 sum S:Int64) | aggregate(Price:Decimal sum S:Decimal))",
        "S:Decimal",
    ),
]


@pytest.mark.parametrize(("text", "expected", "shape"), TRANSFORMATIONS)
def test_transformations(text: str, expected: str, shape: str) -> None:
    found, made = apply.parse(text, SCOPE, LIMITS)
    assert shown(found) == expected
    assert shape_text(made) == shape


NOTE_COLUMNS = "Id:Int32, Extra:String, Level:Int32"

# Where entities get more columns, all the others are still there.
WIDENED = [
    ("compute(Level add 1 as A)", f"{NOTE_COLUMNS}, A:Int32"),
    ("compute(Level add 1 as A)/filter(A gt 1)", f"{NOTE_COLUMNS}, A:Int32"),
    ("concat(identity,aggregate($count as N))", f"{NOTE_COLUMNS}, N:Int64"),
    ("groupby((Extra),topcount(1,Id))", "Extra:String, Id:Int32, Level:Int32"),
    ("concat(compute(1 as A),compute(2.5 as A))", f"{NOTE_COLUMNS}, A:Decimal"),
]


@pytest.mark.parametrize(("text", "shape"), WIDENED)
def test_columns_of_entities_stay(text: str, shape: str) -> None:
    assert shape_text(apply.parse(text, NOTES, LIMITS)[1]) == shape


REFUSED = [
    ("", BAD, "Expected a transformation", 0),
    ("/filter(Done)", BAD, "Expected a transformation, not '/'", 0),
    ("filter(Done)/", BAD, "Expected a transformation", 13),
    ("filter", BAD, "Expected '('", 6),
    ("filter(Done", BAD, "Expected ')'", 11),
    ("filter(Count)", BAD, "The condition has to be Edm.Boolean", 7),
    ("filter(Done) top(1)", BAD, "Expected the end, not 'top'", 13),
    ("identity(1)", BAD, "Expected the end", 8),
    ("nope(1)", BAD, "There is no transformation 'nope'", 0),
    ("top(-1)", BAD, "not negative, not '-1'", 4),
    ("top(Count)", BAD, "Expected a number", 4),
    ("search(a", BAD, "A parenthesis is not closed", 7),
    ("search()", BAD, "Expected a word or a phrase", 7),
    ("orderby(Category)", BAD, "Ns.Category cannot be ordered by", 8),
    ("compute(Count as Name)", BAD, "it is there already", 17),
    ("aggregate()", BAD, "Expected an operand", 10),
    ("aggregate(Count as A)", BAD, "Expected 'with' and a method", 16),
    ("aggregate(Count with sum)", BAD, "Expected 'as' and a name", 24),
    ("aggregate(Count with median as A)", BAD, "There is no method 'median'", 21),
    ("aggregate(Count with sum as A.b)", BAD, "it has a dot", 28),
    ("aggregate($count as N,$count as N)", BAD, "'N' is there already", 22),
    ("aggregate(Nope with sum as A)", BAD, "'Nope' is not a property of Ns.Item", 10),
    ("aggregate(Name with sum as A)", BAD, "Edm.String cannot be summed", 10),
    ("aggregate(Span with average as A)", BAD, "Edm.Duration cannot be averaged", 10),
    ("aggregate(Done with min as A)", BAD, "Edm.Boolean has no least", 10),
    ("aggregate(null with max as A)", BAD, "null has no least", 10),
    ("aggregate(Bytes with min as A)", BAD, "Edm.Binary cannot be put in order", 10),
    ("groupby(Name)", BAD, "Expected '('", 8),
    ("groupby(())", BAD, "Expected a property", 9),
    ("groupby((Count add 1))", BAD, "Expected ')', not 'add'", 15),
    ("groupby((Nope))", BAD, "'Nope' is not a property of Ns.Item", 9),
    ("groupby((Tags))", BAD, "Collection(Edm.String) cannot be grouped by", 9),
    ("groupby((Lines))", BAD, "Collection(Ns.Line) cannot be grouped by", 9),
    ("groupby((Name,rollup(Name,Title)))", BAD, "This path is grouped by already", 21),
    ("groupby((Name),aggregate(Count with sum as Name))", BAD, "both a group and a value", 48),
    ("groupby((Name))/filter(Count gt 1)", BAD, "'Count' is not a property of the result", 23),
    ("groupby((Category/Name))/filter(Category/Id gt 1)", BAD, "'Category/Id' is not in", 41),
    ("groupby((Category/Name))/filter(Category eq null)", BAD, "'Category' is not in", 32),
    ("groupby((Category/Name))/filter(Name eq 'x')", BAD, "'Name' is not a property of the", 32),
    ("aggregate($count as N)/filter(Lines/any())", BAD, "'Lines' is not a property of the", 30),
    ("topcount(1.5,Count)", BAD, "topcount takes a whole number", 9),
    ("bottomcount(-1,Count)", BAD, "bottomcount takes a whole number", 12),
    ("topcount(Count,Count)", BAD, "topcount takes a number here", 9),
    ("topsum(INF,Price)", BAD, "topsum takes a number here", 7),
    ("topsum(1,Name)", BAD, "Edm.String cannot be summed", 9),
    ("toppercent(101,Price)", BAD, "toppercent takes a number from 0 to 100", 11),
    ("bottompercent(-1,Price)", BAD, "bottompercent takes a number from 0 to 100", 14),
    ("topcount(1,Category)", BAD, "Ns.Category cannot be put in order", 11),
    ("concat(filter(Done))", BAD, "Expected ',' and a second branch", 19),
    (
        "concat(groupby((Name)),aggregate(Count with sum as Name))",
        BAD,
        "'Name' would be both Edm.String and Edm.Int64",
        56,
    ),
    ("aggregate(Lines/Amount with sum as A)", NOT_DONE, "Aggregating through Collection", 16),
    ("aggregate(Lines/$count as A)", NOT_DONE, "Counting related entities", 16),
    ("aggregate(Lines with countdistinct as A)", NOT_DONE, "Counting distinct Collection", 10),
    ("aggregate(Count with Ns.median as A)", NOT_DONE, "Methods of the model", 21),
    ("aggregate(Count with sum from Name with max as A)", NOT_DONE, "'from' in aggregate", 25),
    ("groupby((Category))", NOT_DONE, "Grouping by Ns.Category", 9),
    ("groupby((Address))", NOT_DONE, "Grouping by Ns.Address", 9),
    ("groupby((rollup(Name)))", NOT_DONE, "rollup of a hierarchy with a name", 16),
    ("groupby((rollup(Name,Title),rollup(Day,At)))", NOT_DONE, "More than one rollup", 28),
    ("groupby((rolluprecursive($root/X,a,b)))", NOT_DONE, "rolluprecursive", 9),
    ("expand(Lines,filter(Amount gt 1))", NOT_DONE, "The transformation expand", 0),
    ("ancestors($root/X,a,b,filter(Done))", NOT_DONE, "The transformation ancestors", 0),
    ("Ns.custom()", NOT_DONE, "Functions of the model in $apply", 0),
]


@pytest.mark.parametrize(("text", "kind", "fragment", "position"), REFUSED)
def test_refused_transformations(text: str, kind: str, fragment: str, position: int) -> None:
    found, message, target, where = refusal(apply.parse, text, SCOPE, LIMITS)
    assert (found, target) == (kind, "$apply")
    assert fragment in message
    assert where == position


# The other options see what $apply made.
BEHIND = [
    (
        {
            "$apply": "groupby((Name),aggregate($count as N))",
            "$filter": "N gt 5",
            "$select": "N,Name",
        },
        "filter=(gt $it:{Name:String, N:Int64}/N!:Int64, 5:Int64) select=N; Name"
        " apply=groupby(Name:String | aggregate(- count N:Int64)) shape=Name:String, N:Int64",
    ),
    (
        {
            "$apply": "groupby((Category/Name))",
            "$orderby": "Category/Name",
            "$select": "Category/Name",
        },
        "select=Category/Name orderby=$it:{Category/Name:String}/Category:Category/Name:String"
        " apply=groupby(Category:Category/Name:String | ) shape=Category/Name:String",
    ),
    (
        {"$compute": "N add 1 as M", "$apply": "aggregate($count as N)", "$orderby": "M desc"},
        "orderby=$it:{N:Int64}/M!:Int64 desc"
        " compute=(add $it:{N:Int64}/N!:Int64, 1:Int64):Int64 as M"
        " apply=aggregate(- count N:Int64) shape=N:Int64",
    ),
    (
        {"$apply": "filter(Done)", "$expand": "Category", "$filter": "Lines/any()"},
        "filter=Lines:[Line]/any() expand=Category apply=filter(Done:Boolean)",
    ),
]


@pytest.mark.parametrize(("given", "expected"), BEHIND)
def test_other_options_behind_apply(given: dict[str, str], expected: str) -> None:
    found = read(given.items(), SCOPE, model=MODEL, limits=LIMITS)
    assert shown(found) == expected


def test_entities_with_computed_properties_keep_their_navigations() -> None:
    given = {"$apply": "compute(Count add 1 as A)", "$filter": "A lt Big and Category/Name eq 'x'"}
    found = read(given.items(), SCOPE, model=MODEL, limits=LIMITS)
    assert shown(found.filter) == (
        "(and (lt A!:Int32, Big:Int64), (eq Category:Category/Name:String, x:String))"
    )
    assert found.shape is not None
    assert {"A", "Big", "Name"} <= {name for name, _ in found.shape.properties}


REFUSED_BEHIND = [
    ({"$filter": "Count gt 1"}, BAD, "'Count' is not a property of the result of $apply"),
    ({"$select": "Count"}, BAD, "'Count' is not a property of the result of $apply"),
    ({"$select": "Category/Id"}, BAD, "'Id' is not a property of the result of $apply"),
    ({"$compute": "1 as N"}, BAD, "it is there already"),
    ({"$orderby": "Category/Id"}, BAD, "'Category/Id' is not in the result of $apply"),
    ({"$expand": "Category"}, NOT_DONE, "$expand behind $apply"),
]


@pytest.mark.parametrize(("given", "kind", "fragment"), REFUSED_BEHIND)
def test_refused_behind_apply(given: dict[str, str], kind: str, fragment: str) -> None:
    listed = {"$apply": "groupby((Category/Name),aggregate($count as N))", **given}
    error = refusal(read, listed.items(), SCOPE, model=MODEL, limits=LIMITS)
    assert error[0] == kind
    assert fragment in error[1]


def test_a_shape_is_made_of_plain_types() -> None:
    made = apply.parse("groupby((Name),aggregate($count as N))", SCOPE, LIMITS)[1]
    assert made == Shape((("Name", STRING), ("N", INT64)))
