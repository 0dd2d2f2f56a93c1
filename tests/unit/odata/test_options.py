"""The options of a request: names, numbers, $orderby, $compute, $select, $expand, $search."""

from dataclasses import replace

import pytest

from app.odata.engine.ast import ExpandItem, Options
from app.odata.engine.edm import STRING
from app.odata.engine.grammar import expand, search, select
from app.odata.engine.grammar.options import NAMES, aliases, given, read
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.source import Limits
from tests.unit.odata.grammar_model import (
    ADDRESS,
    ITEMS,
    LIMITS,
    MODEL,
    NOTES,
    SCOPE,
    refusal,
    shown,
)

BAD = "BadRequest"
NOT_DONE = "NotSupported"


def pairs(query: str) -> list[tuple[str, str]]:
    """A query string, decoded already, as pairs."""
    return [(name, value) for name, _, value in (each.partition("=") for each in query.split("&"))]


def options(
    query: str, scope: Scope = SCOPE, limits: Limits = LIMITS, method: str = "GET"
) -> Options:
    """What a query string asks for."""
    return read(pairs(query), scope, model=MODEL, limits=limits, method=method)


PLAIN = [
    ("$filter=Done&$top=5&$skip=10&$count=true", "filter=Done:Boolean top=5 skip=10 count=True"),
    ("filter=Done&TOP=5&Skip=10&$COUNT=True", "filter=Done:Boolean top=5 skip=10 count=True"),
    ("$count=false", ""),
    ("$top=0", "top=0"),
    ("$top=9223372036854775807", "top=9223372036854775807"),
    ("$skip=99999999999999999999999", "skip=9223372036854775807"),
    ("$filter= Done ", "filter=Done:Boolean"),
    ("custom=1&x&levels=2&$filter=Done&custom=2", "filter=Done:Boolean"),
    ("$skiptoken=a b&$format=json&$schemaversion=*", "skiptoken=a b schemaversion=* format=json"),
    ("$id=Items(1)&index=-3", "index=-3 id=Items(1)"),
    ("@p=5&$filter=Count eq @p", "filter=(eq Count:Int32, 5:Int32)"),
    ("$filter=Count eq @p&@p=@q&@q=6", "filter=(eq Count:Int32, 6:Int32)"),
    ("$filter=Name in @p&@p=['a']", "filter=(Name:String in a:String)"),
    ("@P=5&$filter=Count eq @p", "filter=(eq Count:Int32, null)"),
    ("$search=blue", "search='blue'"),
    ("$orderby=Name", "orderby=Name:String"),
    ("$orderby=Name asc, Count DESC ,Done", "orderby=Name:String; Count:Int32 desc; Done:Boolean"),
    ("$orderby=Price add 1 desc", "orderby=(add Price:Decimal, 1:Decimal):Decimal desc"),
    ("$orderby=Lines/$count desc", "orderby=Lines:[Line]/$count(-, -) desc"),
    ("$orderby=Category/Name", "orderby=Category:Category/Name:String"),
    ("$orderby=null", "orderby=null"),
    (
        "$filter=A gt 5&$orderby=B&$select=A&$compute=Count add 1 as A,A mul 2 as B",
        "filter=(gt A!:Int32, 5:Int32) select=A orderby=B!:Int32"
        " compute=(add Count:Int32, 1:Int32):Int32 as A; (mul A!:Int32, 2:Int32):Int32 as B",
    ),
    (
        "$compute=$it/Count as A&$filter=$it/A gt 1",
        "filter=(gt A!:Int32, 1:Int32) compute=Count:Int32 as A",
    ),
    ("$compute=Lines/$count as N", "compute=Lines:[Line]/$count(-, -) as N"),
]


@pytest.mark.parametrize(("query", "expected"), PLAIN)
def test_options(query: str, expected: str) -> None:
    assert shown(options(query)) == expected


REFUSED = [
    ("$top=-1", BAD, "not negative, not '-1'", "$top", 0),
    ("$top=x", BAD, "not negative, not 'x'", "$top", 0),
    ("$top=", BAD, "not negative, not ''", "$top", 0),
    ("$top=1.0", BAD, "not negative", "$top", 0),
    ("$skip=٣", BAD, "not negative", "$skip", 0),
    ("$count=1", BAD, "Expected true or false, not '1'", "$count", 0),
    ("$count=", BAD, "Expected true or false", "$count", 0),
    ("$index=x", BAD, "Expected a whole number", "$index", 0),
    ("$format=", BAD, "$format is empty", "$format", 0),
    ("$skiptoken= ", BAD, "$skiptoken is empty", "$skiptoken", 0),
    ("$filter=", BAD, "Expected an operand", "$filter", 0),
    ("$filter=Count", BAD, "The condition has to be Edm.Boolean", "$filter", 0),
    ("$filter=Done desc", BAD, "Expected the end", "$filter", 5),
    ("$filter=Nope eq 1", BAD, "'Nope' is not a property of Ns.Item", "$filter", 0),
    ("$filter=Done&filter=Done", BAD, "$filter is given twice", "$filter", None),
    ("$top=1&TOP=1", BAD, "$top is given twice", "$top", None),
    ("@p=1&@p=1", BAD, "'@p' is given twice", "@p", None),
    ("$foo=1", BAD, "'$foo' is not a system query option", "$foo", None),
    ("$levels=3", BAD, "'$levels' is not a system query option", "$levels", None),
    ("$=3", BAD, "'$' is not a system query option", "$", None),
    ("$deltatoken=x", NOT_DONE, "$deltatoken is not supported", "$deltatoken", None),
    ("DeltaToken=x", NOT_DONE, "$deltatoken is not supported", "$deltatoken", None),
    ("$orderby=", BAD, "Expected an operand", "$orderby", 0),
    ("$orderby=Name,", BAD, "Expected an operand", "$orderby", 5),
    ("$orderby=Name up", BAD, "Expected the end, not 'up'", "$orderby", 5),
    ("$orderby=Category", BAD, "Ns.Category cannot be ordered by", "$orderby", 0),
    ("$orderby=Address", BAD, "Ns.Address cannot be ordered by", "$orderby", 0),
    ("$orderby=Tags", BAD, "Collection(Edm.String) cannot be ordered by", "$orderby", 0),
    ("$orderby=Bytes", BAD, "Edm.Binary cannot be ordered by", "$orderby", 0),
    ("$compute=Count add 1", BAD, "Expected 'as' and a name", "$compute", 11),
    ("$compute=Count as", BAD, "Expected a name", "$compute", 8),
    (
        "$compute=Count as A.b",
        BAD,
        "'A.b' cannot name a computed value: it has a dot",
        "$compute",
        9,
    ),
    ("$compute=Count as Name", BAD, "'Name' cannot name a computed value", "$compute", 9),
    ("$compute=Count as Category", BAD, "it is there already", "$compute", 9),
    ("$compute=Count as A,Big as A", BAD, "it is there already", "$compute", 18),
    ("$compute=A as A", BAD, "'A' is not a property", "$compute", 0),
    ("$compute=Address as A", NOT_DONE, "Computing Ns.Address", "$compute", 0),
    ("$search=", BAD, "Expected a word or a phrase", "$search", 0),
    ("$filter=Name eq '\x00'", BAD, "not allowed", "$filter", 9),
    ("$format=\x00", BAD, "not allowed", "$format", 0),
    ("$filter=@p&@p=\ud800", BAD, "not allowed", "@p", 0),
]


@pytest.mark.parametrize(("query", "kind", "fragment", "target", "position"), REFUSED)
def test_refused_options(
    query: str, kind: str, fragment: str, target: str, position: int | None
) -> None:
    found, message, *where = refusal(options, query)
    assert (found, *where) == (kind, target, position)
    assert fragment in message


def test_what_is_given() -> None:
    assert given(pairs("filter=x&TOP=&custom=1&@p=1")) == {"$filter", "$top"}
    assert given([]) == frozenset()


def test_names_are_bare_and_lower_case() -> None:
    assert {"filter", "apply", "deltatoken"} <= NAMES
    assert all(name == name.lower().lstrip("$") for name in NAMES)
    assert "levels" not in NAMES


def test_aliases_keep_their_case() -> None:
    assert aliases(pairs("@a=1&@A=2&b=3")) == {"@a": "1", "@A": "2"}


def test_a_deletion_has_no_result_to_shape() -> None:
    assert shown(options("$id=Items(1)&custom=1", method="DELETE")) == "id=Items(1)"
    assert refusal(options, "filter=Done", method="delete") == (
        BAD,
        "$filter does not go with DELETE",
        "$filter",
        None,
    )


SELECTED = [
    ("Name,Count", "Name; Count"),
    ("Name , Count", "Name; Count"),
    ("Name,Name", "Name"),
    ("*", " *"),
    ("Name,*", "Name *"),
    ("Ns.*,Name,Ns.Rename,rename,Ns.Cheapest(a,b),Cheapest()", "Name"),
    ("Ns.*", ""),
    ("Category,Photo,Tags", "Category; Photo; Tags"),
    ("Address/City,Address/Place/Lat", "Address/City; Address/Place/Lat"),
    ("Address/Country", "Address/Country"),
    ("Address/Ns.PostBox/Number", "Address/Number"),
    ("Address/Ns.PostBox", "Address"),
    ("Ns.Book/Pages,Book/Pages", "Pages"),
    ("Ns.Item/Name", "Name"),
    ("Address($select=City,Place($select=Lat))", "Address(select=City; Place(select=Lat))"),
    ("Address(select=*)", "Address(select=() select_all=True)"),
    (
        "Tags($filter=endswith($this,'x');$top=2;$skip=1;$count=true;$orderby=$it/Name)",
        "Tags(filter=endswith($this:String, x:String):Boolean orderby=Name:String"
        " top=2 skip=1 count=True)",
    ),
    (
        "Addresses(@a='x';$filter=City eq @a and Street eq $it/Name;$select=City;search=y)",
        "Addresses(filter=(and (eq $this:Address/City:String, x:String),"
        " (eq $this:Address/Street:String, Name:String)) search='y' select=City)",
    ),
    (
        "Addresses($filter=L gt 1;$compute=length(City) as L)",
        "Addresses(filter=(gt $this:Address/L!:Int32, 1:Int32)"
        " compute=length($this:Address/City:String):Int32 as L)",
    ),
]


@pytest.mark.parametrize(("text", "expected"), SELECTED)
def test_select(text: str, expected: str) -> None:
    items, everything = select.parse(text, SCOPE, LIMITS)
    assert shown(items) + " *" * everything == expected


def test_select_of_everything_is_told_from_no_select() -> None:
    assert options("$select=*") == Options(select=(), select_all=True)
    assert options("$top=1").select is None


REFUSED_SELECTIONS = [
    ("", BAD, "Expected a property", 0),
    ("Name,", BAD, "Expected a property", 5),
    ("Name Count", BAD, "Expected the end", 5),
    ("Nope", BAD, "'Nope' is not a property of Ns.Item", 0),
    ("name", BAD, "'name' is not a property of Ns.Item", 0),
    ("Address/Nope", BAD, "'Nope' is not a property of Ns.Address", 8),
    ("Name/Nope", BAD, "'Nope' is not a property of Edm.String", 5),
    ("Ns.Nope", BAD, "'Ns.Nope' is not a property of Ns.Item", 0),
    ("Ns.Category/Name", BAD, "Ns.Category is not derived from Ns.Item", 0),
    ("Ns.Book", BAD, "Expected '/' and a property", 7),
    ("Category/Name", BAD, "Expected the end", 8),
    ("Category($select=Name)", BAD, "Options are for collections and complex values", 8),
    ("Name($top=1)", BAD, "Options are for collections and complex values", 4),
    ("Address($filter=true)", BAD, "'$filter' is not an option here", 7),
    ("Tags($select=x)", BAD, "'$select' is not an option here", 4),
    ("Addresses($expand=Country)", BAD, "'$expand' is not an option here", 9),
    ("Addresses($top=1),Addresses", BAD, "'Addresses' is selected twice", 27),
    ("Addresses($top=x)", BAD, "not negative", 15),
    ("Addresses($top=1;top=2)", BAD, "'$top' is given twice", 17),
    ("Addresses($top)", BAD, "Expected an option", 10),
    ("Addresses($filter=Nope eq 1)", BAD, "'Nope' is not a property of Ns.Address", 18),
    ("@Core.X", NOT_DONE, "Selecting annotations", 0),
    ("Address/@Core.X", NOT_DONE, "Selecting annotations", 8),
]


@pytest.mark.parametrize(("text", "kind", "fragment", "position"), REFUSED_SELECTIONS)
def test_refused_selections(text: str, kind: str, fragment: str, position: int) -> None:
    found, message, target, where = refusal(select.parse, text, SCOPE, LIMITS)
    assert (found, target, where) == (kind, "$select", position)
    assert fragment in message


def test_select_on_open_types_leaves_out_what_no_instance_has() -> None:
    assert shown(select.parse("Extra,Id,Nowhere", NOTES, LIMITS)[0]) == "Extra; Id"
    unsure = replace(NOTES, dynamic=None)
    assert shown(select.parse("Extra,Nowhere", unsure, LIMITS)[0]) == "Extra; Nowhere"


EXPANDED = [
    ("Category", "Category"),
    ("Category,Lines", "Category; Lines"),
    (
        "Lines($filter=Amount gt 5;$orderby=Number desc;$top=2;$skip=1;$count=true;$select=Amount)",
        "Lines(filter=(gt $this:Line/Amount:Int32, 5:Int32) select=Amount"
        " orderby=$this:Line/Number:Int32 desc top=2 skip=1 count=True)",
    ),
    ("Lines(FILTER=true; top = 2)", "Lines(filter=true:Boolean top=2)"),
    (
        "Lines($filter=More gt $it/Count;$compute=Amount add 1 as More)",
        "Lines(filter=(gt $this:Line/More!:Int32, Count:Int32)"
        " compute=(add $this:Line/Amount:Int32, 1:Int32):Int32 as More)",
    ),
    (
        "Category($select=Id;$expand=Parent($select=Name),Children/$count)",
        "Category(select=Id expand=Parent(select=Name); Children/$count)",
    ),
    (
        "Whole($expand=Parts($filter=Count eq $it/Count))",
        "Whole(expand=Parts(filter=(eq $this:Item/Count:Int32, Count:Int32)))",
    ),
    ("Lines(@x=5;$filter=Amount eq @x)", "Lines(filter=(eq $this:Line/Amount:Int32, 5:Int32))"),
    ("Lines($filter=Amount eq @y)", "Lines(filter=(eq $this:Line/Amount:Int32, null))"),
    ("Lines($search=a b;$top=1)", "Lines(search=AND('a', 'b') top=1)"),
    ('Lines($search=Daniel\'s "a;b)" (c))', "Lines(search=AND('Daniel's', 'a;b)', 'c'))"),
    ("Lines($search='gr(een';$top=1)", "Lines(search='gr(een' top=1)"),
    ("Parts($filter=Name eq ';)''(')", "Parts(filter=(eq $this:Item/Name:String, ;)'(:String))"),
    ("Lines/$ref", "Lines/$ref"),
    ("Lines/$ref($top=2)", "Lines/$ref(top=2)"),
    ("Category/$ref", "Category/$ref"),
    ("Lines/$count", "Lines/$count"),
    (
        "Lines/$count($filter=Amount gt 1;$search=x)",
        "Lines/$count(filter=(gt $this:Line/Amount:Int32, 1:Int32) search='x')",
    ),
    ("Lines,Lines/$count", "Lines; Lines/$count"),
    ("*", "Category; Lines; Parts; Whole"),
    ("*/$ref,Category", "Category; Lines/$ref; Parts/$ref; Whole/$ref"),
    ("Lines($top=1),*", "Lines(top=1); Category; Parts; Whole"),
    (
        "*($levels=2)",
        "Category(expand=Parent; Children; Items); Lines(expand=Item);"
        " Parts(expand=Category; Lines; Parts; Whole);"
        " Whole(expand=Category; Lines; Parts; Whole)",
    ),
    ("Whole($levels=3)", "Whole*3"),
    ("Whole(levels=MAX;$select=Name)", "Whole*5(select=Name)"),
    ("Category($expand=Parent($levels=max))", "Category(expand=Parent*4)"),
    (
        "Parts/Ns.Book($filter=Pages gt 1)",
        "Parts<Ns.Book>(filter=(gt $this:Book/Pages:Int32, 1:Int32))",
    ),
    ("Parts/Book/$ref", "Parts<Ns.Book>/$ref"),
    ("Parts/Ns.Item", "Parts"),
    ("Ns.Book/Chapters", "Chapters"),
]


@pytest.mark.parametrize(("text", "expected"), EXPANDED)
def test_expand(text: str, expected: str) -> None:
    assert shown(expand.parse(text, SCOPE, LIMITS)) == expected


REFUSED_EXPANSIONS = [
    ("", BAD, "Expected a navigation property", 0),
    ("Category,", BAD, "Expected a navigation property", 9),
    ("Category Lines", BAD, "Expected the end", 9),
    ("Nope", BAD, "'Nope' is not a navigation property of Ns.Item", 0),
    ("Name", BAD, "'Name' is not a navigation property of Ns.Item", 0),
    ("Ns.Category/Parent", BAD, "Ns.Category is not derived from Ns.Item", 0),
    ("Ns.Book", BAD, "Expected '/'", 7),
    ("Category/Parent", BAD, "write Category($expand=Parent)", 9),
    ("Lines/$count/$ref", BAD, "Expected the end of the path", 13),
    ("Lines/$value", BAD, "Expected a type, $ref or $count", 6),
    ("Category/$count", BAD, "Category is no collection", 9),
    ("Category,Category", BAD, "'Category' is expanded twice", 9),
    ("Lines/$count,Lines/$count", BAD, "'Lines' is expanded twice", 13),
    ("Category($filter=true)", BAD, "'$filter' does not go with one entity", 8),
    ("Category($top=1)", BAD, "'$top' does not go with one entity", 8),
    ("Lines/$ref($select=Amount)", BAD, "'$select' does not go with $ref or $count", 10),
    ("Lines/$count($top=1)", BAD, "'$top' does not go with $ref or $count", 12),
    ("Category/$ref($top=1)", BAD, "'$top' does not go with one entity", 13),
    ("Lines($foo=1)", BAD, "'$foo' is not an option in $expand", 5),
    ("Lines($format=json)", BAD, "'$format' is not an option in $expand", 5),
    ("Lines($top=1;TOP=2)", BAD, "'$top' is given twice", 13),
    ("Lines($top)", BAD, "Expected an option", 6),
    ("Lines()", BAD, "Expected an option", 6),
    ("Lines(", BAD, "Expected an option", 6),
    ("Lines($top=1", BAD, "A parenthesis is not closed", 11),
    ("Lines($filter=Amount eq ')", BAD, "A quote without its end", 24),
    ("Lines($search=gr(een)", BAD, "A parenthesis is not closed", 14),
    ("Lines($filter=Nope eq 1)", BAD, "'Nope' is not a property of Ns.Line", 14),
    ("Lines($top=1;$filter=Amount)", BAD, "The condition has to be Edm.Boolean", 21),
    ("Whole($levels=0)", BAD, "Expected a number from 1 or max", 14),
    ("Whole($levels=04)", BAD, "Expected a number from 1 or max", 14),
    ("Whole($levels=6)", BAD, "At most 5 levels", 14),
    ("Category($levels=2)", BAD, "$levels needs a navigation back to Ns.Item", 17),
    ("*($top=1)", BAD, "Only $levels goes with *", 1),
    ("*/$count", BAD, "Expected $ref", 2),
    ("*($levels=max)", NOT_DONE, "* with $levels=max", 1),
    ("$value", NOT_DONE, "the stream of a media entity", 0),
    ("Photo", NOT_DONE, "Expanding Edm.Stream", 0),
    ("Address/Country", NOT_DONE, "Expanding Ns.Address", 0),
    ("@Ns.Term", NOT_DONE, "Expanding annotations", 0),
    ("Ns.Book/Parts", NOT_DONE, "Expanding for one derived type only", 8),
    ("Lines($apply=identity)", NOT_DONE, "$apply inside of $expand", 5),
]


@pytest.mark.parametrize(("text", "kind", "fragment", "position"), REFUSED_EXPANSIONS)
def test_refused_expansions(text: str, kind: str, fragment: str, position: int) -> None:
    found, message, target, where = refusal(expand.parse, text, SCOPE, LIMITS)
    assert (found, target, where) == (kind, "$expand", position)
    assert fragment in message


def test_expand_needs_an_entity() -> None:
    for kind in (ADDRESS, STRING):
        scope = Scope(model=MODEL, type=kind)
        assert refusal(expand.parse, "*", scope, LIMITS)[0] == NOT_DONE


def item_of(text: str) -> ExpandItem:
    """The only item of an $expand."""
    (item,) = expand.parse(text, SCOPE, LIMITS)
    return item


def test_nested_options_are_kept_as_they_were_written() -> None:
    item = item_of("Lines(top=2; $filter=Amount eq 1 ;$select=Amount)")
    assert item.text == (("$top", "2"), ("$filter", "Amount eq 1"), ("$select", "Amount"))
    assert item_of("Lines").text == ()


def test_nested_options_are_kept_with_the_aliases_that_they_use() -> None:
    item = item_of("Parts($filter=Name eq @text and Count eq @x;@x=5)")
    assert dict(item.text)["@x"] == "5"
    assert dict(item.text)["@text"] == "'abc'"


def test_nested_options_know_the_set_of_the_navigation() -> None:
    # Only with the set known can a path of the nested type go on to another set.
    assert SCOPE.home == ITEMS
    nested = item_of("Parts($filter=Lines/$count($filter=Item/Done) gt 1)").options.filter
    assert shown(nested) == (
        "(gt $this:Item/Lines:[Line]/$count($this:Line/Item:Item/Done:Boolean, -), 1:Int64)"
    )


SEARCHES = [
    ("blue", "'blue'"),
    (" blue ", "'blue'"),
    ("blue green", "AND('blue', 'green')"),
    ("blue AND green", "AND('blue', 'green')"),
    ("blue OR green", "OR('blue', 'green')"),
    ("blue and green", "AND('blue', 'and', 'green')"),
    ("NOT blue", "NOT('blue')"),
    ("NOT NOT blue", "NOT(NOT('blue'))"),
    ("a b OR c NOT d", "OR(AND('a', 'b'), AND('c', NOT('d')))"),
    ("NOT (blue green)", "NOT(AND('blue', 'green'))"),
    ("NOT(blue)", "NOT('blue')"),
    ("(NOT foo) OR baz", "OR(NOT('foo'), 'baz')"),
    ("foo AND (bar OR baz)", "AND('foo', OR('bar', 'baz'))"),
    ("(a OR b) AND (c OR d) AND NOT e", "AND(OR('a', 'b'), OR('c', 'd'), NOT('e'))"),
    ('"blue green"', "'blue green'"),
    ('"a AND b" c', "AND('a AND b', 'c')"),
    # Operators are words where operands are missing.
    ("AND", "'AND'"),
    ("OR", "'OR'"),
    ("NOT", "'NOT'"),
    ("NOT NOT", "NOT('NOT')"),
    ("AND OR", "AND('AND', 'OR')"),
    ("OR AND", "AND('OR', 'AND')"),
    ("AND OR NOT", "OR('AND', 'NOT')"),
    ("blue OR", "AND('blue', 'OR')"),
    # Words have nearly all characters.
    ("9,81 08/15 brand-new __FILE__ $search a;b #1 3.14", None),
    ("Daniel's", "'Daniel's'"),
    ("Δ", "'Δ'"),
    # What somebody is typing.
    ("'blue OR green'", "OR('blue', 'green')"),
    ("'\"'", "'\"'"),
    ("'\"bl'", "'bl'"),
    ("'\"blue p'", "'blue p'"),
    ('\'"blue" "green\'', "AND('blue', 'green')"),
    ("'('", "'('"),
    ("'it''s'", "'it's'"),
]


@pytest.mark.parametrize(("text", "expected"), SEARCHES)
def test_search(text: str, expected: str | None) -> None:
    words = ", ".join(f"'{each}'" for each in text.split())
    assert shown(search.parse(text, LIMITS)) == (expected or f"AND({words})")


REFUSED_SEARCHES = [
    ("", "Expected a word or a phrase", 0),
    ("  ", "Expected a word or a phrase", 2),
    ("''", "The search is empty", 0),
    ("()", "Expected a word or a phrase, not ')'", 1),
    ("(a", "Expected a word or a phrase", 2),
    ("a)", "Expected a word or a phrase, not ')'", 1),
    ('"blue', 'begins with " does not end', 0),
    ('a "blue', 'begins with " does not end', 1),
    ('""', "A phrase is empty", 0),
    ('"blue"green', "A space is missing", 6),
    ("a \x00", "not allowed", 2),
]


@pytest.mark.parametrize(("text", "fragment", "position"), REFUSED_SEARCHES)
def test_refused_searches(text: str, fragment: str, position: int) -> None:
    kind, message, target, where = refusal(search.parse, text, LIMITS)
    assert (kind, target, where) == (BAD, "$search", position)
    assert fragment in message
