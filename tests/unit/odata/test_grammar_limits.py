"""What no text may do to the grammar: exhaust the stack, take long, raise but a Problem."""

import dataclasses
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.odata.engine import ast
from app.odata.engine.edm import STRING, CollectionType
from app.odata.engine.grammar import apply, expand, search, select
from app.odata.engine.grammar.expressions import parse, parse_argument
from app.odata.engine.grammar.options import read
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.problems import Problem
from app.odata.engine.source import Limits
from tests.unit.odata.grammar_model import ADDRESS, ITEM, LIMITS, MODEL, SCOPE, refusal
from tests.unit.odata.test_apply_grammar import TRANSFORMATIONS
from tests.unit.odata.test_expressions import COLLECTIONS, FUNCTIONS, NAMES, OPERATORS
from tests.unit.odata.test_options import EXPANDED, SEARCHES, SELECTED

MANY = 10_000
SECONDS = 0.5  # of processor time: what is refused at a limit takes a few milliseconds


def one(name: str, text: str, limits: Limits = LIMITS) -> ast.Options:
    """A request with one option."""
    return read([(name, text)], SCOPE, model=MODEL, limits=limits)


DEEP = "Nested deeper than 32 levels"
LONG = "The request is too complex: more than 200 operands and operators"

HUGE = [
    ("$filter", "(" * MANY, DEEP),
    ("$filter", "not " * MANY + "Done", DEEP),
    ("$filter", "-" * MANY + "5", DEEP),
    ("$filter", "- " * MANY + "5", DEEP),
    ("$filter", "tolower(" * MANY, DEEP),
    ("$filter", "case(true:" * MANY, DEEP),
    ("$filter", "cast(" * MANY, DEEP),
    ("$filter", "Parts/any(p:" * MANY, DEEP),
    ("$filter", "Parts/$count($filter=" * MANY + ")" * MANY, DEEP),
    ("$filter", "Done" + " and Done" * MANY, LONG),
    ("$filter", "Done" + " or Done" * MANY, LONG),
    ("$filter", "Count eq 1" + " add 1" * MANY, DEEP),
    ("$filter", "Count" + " eq 1" * MANY, "'eq' does not take Edm.Boolean and Edm.Int32"),
    ("$filter", "Done" + " eq true" * MANY, DEEP),
    ("$filter", "Whole/" * MANY + "Name eq 'x'", DEEP),
    ("$filter", "case(" + "true:1," * MANY + "true:1) eq 1", LONG),
    ("$filter", "concat(" + "Name," * MANY + "Name)", LONG),
    ("$filter", "Name in (" + "'x'," * MANY + "'x')", "The lists have more than 1000 items"),
    ("$filter", "Name in " + "[" * MANY, "An array or object in a list"),
    ("$filter", "1" * MANY, "is not a value of Edm.Decimal"),
    ("$filter", "1." + "1" * MANY, "is not a value of Edm.Decimal"),
    ("$filter", "1e" + "1" * MANY, "is not a value of Edm.Double"),
    ("$filter", "1" * MANY + "x", "is not a number"),
    ("$filter", "'" + "x" * MANY, "does not end"),
    ("$filter", "'" * (2 * MANY + 1), "does not end"),
    ("$filter", '"' + "\\" * (2 * MANY), "does not end"),
    ("$filter", "x" * MANY, "is not a property of Ns.Item"),
    ("$filter", "x." * MANY + "x", "is not a property of Ns.Item"),
    ("$filter", " " * MANY, "Expected an operand"),
    ("$filter", "Name eq 'x" + "\ud800" * MANY, "not allowed"),
    (
        "$filter",
        "Parts/$count($filter=" * 20 + "()" * MANY + ")" * 20,
        "nested options are too long",
    ),
    ("$orderby", "Name," * MANY + "Name", LONG),
    ("$compute", ",".join(f"Count as A{number}" for number in range(MANY)), LONG),
    ("$select", "Name," * MANY + "Name", LONG),
    (
        "$select",
        "Address($select=" * MANY + ")" * MANY,
        DEEP,
    ),
    ("$expand", "Whole($expand=" * MANY + "Whole" + ")" * MANY, DEEP),
    ("$expand", "Whole(" * MANY, "Expected an option"),
    ("$expand", "Category," * MANY + "Category", "'Category' is expanded twice"),
    ("$expand", "*($levels=5)", LONG),
    ("$search", "(" * MANY, DEEP),
    ("$search", "NOT " * MANY + "x", DEEP),
    ("$search", "x " * MANY, LONG),
    ("$search", '"' * (2 * MANY + 1), "A phrase is empty"),
    ("$apply", "groupby((Name)," * MANY, DEEP),
    ("$apply", "concat(" * MANY, DEEP),
    ("$apply", "identity/" * MANY + "identity", LONG),
    ("$apply", "groupby((" + "Name," * MANY + "Name))", LONG),
    ("$apply", "filter(" + "(" * MANY, DEEP),
    ("$apply", "search(" + "(" * MANY, DEEP),
    ("$top", "1" * MANY, "not negative"),
]


@pytest.mark.parametrize(("name", "text", "fragment"), HUGE, ids=lambda each: str(each)[:24])
def test_huge_texts_are_refused_quickly(name: str, text: str, fragment: str) -> None:
    before = time.process_time()
    kind, message, target, position = refusal(one, name, text)
    assert time.process_time() - before < SECONDS
    assert kind in ("BadRequest", "NotSupported")
    assert fragment in message
    assert len(message) < 200
    assert target == name
    assert 0 <= position <= len(text)


ALIASES = [
    ({"@a": "@a"}, "Count eq @a", DEEP),
    ({"@a": "@b", "@b": "@a"}, "Name in @a", DEEP),
    ({f"@a{each}": f"@a{each + 1} add @a{each + 1}" for each in range(30)}, "@a0 eq 1", LONG),
    ({"@a": "(" * MANY}, "Count eq @a", DEEP),
    ({"@a": "[" + "'x'," * 600 + "'x']"}, "Name in @a or Name in @a", "more than 1000 items"),
]


@pytest.mark.parametrize(("aliases", "text", "fragment"), ALIASES)
def test_aliases_stay_within_the_limits(aliases: dict[str, str], text: str, fragment: str) -> None:
    scope = Scope(model=MODEL, type=ITEM, aliases=aliases)
    assert fragment in refusal(parse, text, scope, LIMITS)[1]


def test_computed_properties_of_computed_properties_cost_what_they_hold() -> None:
    doubled = "Count as A0," + ",".join(f"A{each} add A{each} as A{each + 1}" for each in range(20))
    assert LONG in refusal(one, "$compute", doubled)[1]
    prefixed = doubled.replace(" A", " $it/A").replace(",A", ",$it/A").replace("as $it/", "as ")
    assert LONG in refusal(one, "$compute", prefixed)[1]
    items = "case(Name in (" + ",".join(["'x'"] * 400) + "):1) as A,A add A as B,B add 1 as C"
    assert "more than 1000 items" in refusal(one, "$compute", items)[1]


def test_levels_cost_what_they_expand() -> None:
    chain = "Whole($levels=5;$expand=Parts($levels=4;$expand=Whole($levels=3)))"
    assert one("$expand", chain).expand[0].levels == 5
    wide = chain.replace("$levels=3)", "$levels=3),Parts($levels=3),Category,Lines,*")
    assert LONG in refusal(one, "$expand", wide)[1]


def test_limits_are_those_given() -> None:
    small = dataclasses.replace(LIMITS, nodes=7, depth=3, in_items=2, expand_depth=1)
    assert one("$filter", "Count eq 1 and Count eq 2", small).filter is not None
    assert one("$filter", "(((Done)))", small).filter is not None
    assert one("$filter", "Count in (1,2)", small).filter is not None
    assert one("$expand", "Whole", small).expand
    for name, text, fragment in [
        ("$filter", "Count eq 1 and Count eq 2 and Done", "more than 7 operands"),
        ("$filter", "((((Done))))", "deeper than 3 levels"),
        ("$filter", "Count in (1,2,3)", "more than 2 items"),
        ("$expand", "Whole($expand=Whole)", "deeper than 1 levels"),
        ("$expand", "Whole($levels=2)", "At most 1 levels"),
    ]:
        assert fragment in refusal(one, name, text, small)[1]


def test_all_options_of_a_request_share_one_budget() -> None:
    tight = dataclasses.replace(LIMITS, nodes=10)
    both = [("$filter", "Count eq 1 and Done"), ("$orderby", "Count add 1,Name,Title,Day")]
    for pair in both:
        assert read([pair], SCOPE, model=MODEL, limits=tight) != ast.Options()
    error = refusal(read, both, SCOPE, model=MODEL, limits=tight)
    assert "more than 10 operands" in error[1]
    assert error[2] == "$orderby"


def test_the_deepest_expression_within_the_limits() -> None:
    text = "tolower(" * 30 + "Name" + ")" * 30 + " eq 'x'"
    assert height(parse(text, SCOPE, LIMITS)) == LIMITS.depth
    assert DEEP in refusal(parse, f"not ({text})", SCOPE, LIMITS)[1]


def test_long_lists_are_read_in_linear_time() -> None:
    text = "Id in (" + ",".join(["01234567-89ab-cdef-0123-456789abcdef"] * 1000) + ")"
    before = time.process_time()
    node = parse(text, SCOPE, LIMITS)
    assert time.process_time() - before < SECONDS
    assert isinstance(node, ast.In)
    assert len(node.items) == 1000


def below(node: Any) -> Iterator[Any]:
    """The nodes directly inside a node."""
    for each in dataclasses.fields(node):
        value = getattr(node, each.name)
        for part in value if isinstance(value, tuple) else (value,):
            if type(part).__module__ == ast.__name__ and not isinstance(part, ast.Shape):
                yield part


def height(node: Any) -> int:
    """How high the tree below a node is; its variable is not counted."""
    if isinstance(node, ast.Variable):
        return 0
    return 1 + max(map(height, below(node)), default=0)


READERS: dict[str, Callable[[str], Any]] = {
    "$filter": lambda text: parse(text, SCOPE, LIMITS),
    "$apply": lambda text: apply.parse(text, SCOPE, LIMITS)[0],
    "$select": lambda text: select.parse(text, SCOPE, LIMITS)[0],
    "$expand": lambda text: expand.parse(text, SCOPE, LIMITS),
    "$search": lambda text: search.parse(text, LIMITS),
}
SAMPLES: dict[str, list[str]] = {
    "$filter": [each[0] for each in (*OPERATORS, *NAMES, *COLLECTIONS, *FUNCTIONS)],
    "$apply": [each[0] for each in TRANSFORMATIONS],
    "$select": [each[0] for each in SELECTED],
    "$expand": [each[0] for each in EXPANDED],
    "$search": [each[0] for each in SEARCHES],
}
PIECES = [
    " ",
    "(",
    ")",
    ",",
    "/",
    ":",
    ";",
    "=",
    "'",
    '"',
    "[",
    "}",
    "-",
    "*",
    "$it",
    "@one",
    "$top=1",
]
PIECES += [
    "not ",
    " and ",
    " in ",
    " as ",
    "null",
    "5",
    "1e9",
    "Name",
    "Lines",
    "any(",
    "é",
    "\x00",
    "\ud800",
]


def mutated(chance: random.Random, text: str) -> str:
    """The text with a few places cut out, doubled, or filled with something else."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.randint(0, 6))
        middle = chance.choice(["", text[start:end] * 2, chance.choice(PIECES)])
        text = text[:start] + middle + text[end:]
    return text


@pytest.mark.parametrize("name", READERS)
def test_mutated_texts_raise_problems_only(name: str) -> None:
    chance = random.Random(name)
    refused = 0
    for _ in range(3000):
        text = mutated(chance, chance.choice(SAMPLES[name]))
        try:
            found = READERS[name](text)
        except Problem as problem:
            refused += 1
            assert problem.target is not None
            continue
        for node in found if isinstance(found, tuple) else (found,):
            assert height(node) <= 2 * LIMITS.depth
    assert 100 < refused < 3000


@pytest.mark.parametrize("kind", [STRING, CollectionType(STRING), ADDRESS, CollectionType(ADDRESS)])
def test_mutated_arguments_raise_problems_only(kind: Any) -> None:
    chance = random.Random(kind.qualified)
    samples = ["'a'", "['a',\"b\"]", "@list", '{"City":"x","Place":{"Lat":1.5}}', '[{"a":[1,{}]}]']
    refused = 0
    for _ in range(2000):
        try:
            parse_argument(mutated(chance, chance.choice(samples)), kind, SCOPE, LIMITS)
        except Problem:
            refused += 1
    assert 100 < refused < 2000
