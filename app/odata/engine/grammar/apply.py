"""$apply: transformations one after the other, each seeing what the one before it made (Extension
for Data Aggregation 4.0, chapter 3).
"""

from collections.abc import Callable, Mapping
from typing import Final

from app.odata.engine.ast import (
    Computed,
    Concat,
    Filtered,
    GroupBy,
    Identity,
    Limited,
    Node,
    Ordered,
    Searched,
    Shape,
    Skipped,
    Transformation,
)
from app.odata.engine.grammar import search
from app.odata.engine.grammar.aggregation import aggregate, grouping, ranked
from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.clauses import compute_items, count_of, order_items
from app.odata.engine.grammar.lexer import Cursor, Excerpt, shown, whole
from app.odata.engine.grammar.members import path_of
from app.odata.engine.grammar.nested import enclosed_search
from app.odata.engine.grammar.parser import Parser
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.grammar.shapes import columns, joined
from app.odata.engine.problems import Problem
from app.odata.engine.source import Limits

TARGET: Final = "$apply"
Pipeline = tuple[Transformation, ...]

_NOT_SUPPORTED: Final = frozenset(
    ("addnested", "ancestors", "descendants", "expand", "join", "nest", "outerjoin", "traverse")
)


def parse(text: str, scope: Scope, limits: Limits) -> tuple[Pipeline, Shape | None]:
    """The transformations, and the type of what they make: None where it is that of the scope, so
    that entities stay entities. Raises BadRequest, NotSupported.
    """
    found, after = read(whole(text, TARGET), scope, Budget(limits))
    return found, shape_of(scope, after)


def read(excerpt: Excerpt, scope: Scope, budget: Budget) -> tuple[Pipeline, Scope]:
    """The transformations, and what names mean behind them."""
    parser = Parser(excerpt.cursor(), scope, budget)
    found = _pipeline(parser)
    parser.cursor.finish()
    return found, parser.scope


def shape_of(before: Scope, after: Scope) -> Shape | None:
    """The type of what was made. Entities with computed properties are a Shape, too, though names
    of the entity go on to be known in `after`.
    """
    unchanged = after.type == before.type and after.computed.keys() == before.computed.keys()
    return None if unchanged else columns(after)


def _pipeline(parser: Parser) -> Pipeline:
    found = [_transformation(parser)]
    while parser.cursor.accept("/"):
        found.append(_transformation(parser))
    return tuple(found)


def _transformation(parser: Parser) -> Transformation:
    cursor, budget = parser.cursor, parser.budget
    if cursor.kind != "name":
        raise cursor.unexpected("a transformation")
    name = cursor.value.lower()
    budget.spend(cursor)
    if name == "identity":
        cursor.advance()
        return Identity()
    read_one = _READERS.get(name)
    if read_one is None:
        raise _unknown(cursor)
    cursor.advance()
    if cursor.kind != "(":
        raise cursor.unexpected("'('")
    budget.descend(cursor)
    found = read_one(parser)
    budget.ascend()
    return found


def _unknown(cursor: Cursor) -> Problem:
    if cursor.value.lower() in _NOT_SUPPORTED:
        return cursor.unsupported(f"The transformation {cursor.value} is")
    if "." in cursor.value:
        return cursor.unsupported("Functions of the model in $apply are")
    return cursor.wrong(f"There is no transformation {shown(cursor.value)}")


def _enclosed(
    read_content: Callable[[Parser], Transformation],
) -> Callable[[Parser], Transformation]:
    """A reader of what stands in the parentheses at the cursor."""

    def read_all(parser: Parser) -> Transformation:
        parser.cursor.expect("(")
        found = read_content(parser)
        parser.cursor.expect(")")
        return found

    return read_all


def _filtered(parser: Parser) -> Transformation:
    return Filtered(parser.condition())


def _searched(parser: Parser) -> Transformation:
    return Searched(search.read(enclosed_search(parser.cursor, parser.budget), parser.budget))


def _computed(parser: Parser) -> Transformation:
    return Computed(compute_items(parser))


def _ordered(parser: Parser) -> Transformation:
    return Ordered(order_items(parser))


def _skipped(parser: Parser) -> Transformation:
    return Skipped(_number(parser.cursor))


def _limited(parser: Parser) -> Transformation:
    return Limited(_number(parser.cursor))


def _number(cursor: Cursor) -> int:
    start = cursor.position
    text = cursor.expect("number", "a number")
    return count_of(Excerpt(cursor.text, cursor.target, start, start + len(text)))


def _concat(parser: Parser) -> Transformation:
    """Every branch begins with what concat began with."""
    before, branches, scopes = parser.scope, list[Pipeline](), list[Scope]()
    while True:
        parser.scope = before
        branches.append(_pipeline(parser))
        scopes.append(parser.scope)
        if not parser.cursor.accept(","):
            break
    if len(branches) == 1:
        raise parser.cursor.unexpected("',' and a second branch")
    shapes = [shape_of(before, each) for each in scopes]
    parser.scope = before
    if any(each is not None for each in shapes):
        made = joined([columns(each) for each in scopes], parser.cursor)
        parser.scope = before.shaped(made)
    return Concat(tuple(branches))


def _group_by(parser: Parser) -> Transformation:
    """groupby((paths)) or groupby((paths),transformations)."""
    before, cursor = parser.scope, parser.cursor
    paths, rollup, total = grouping(parser)
    then: Pipeline = ()
    if cursor.accept(","):
        then = _pipeline(parser)
    parser.scope = before.shaped(_grouped(parser, paths, then))
    return GroupBy(paths, then, rollup, total)


def _grouped(parser: Parser, paths: tuple[Node, ...], then: Pipeline) -> Shape:
    """The grouping paths, and beside them what was made of each group."""
    named = [(path_of(each), each.type) for each in paths]
    below = columns(parser.scope) if then else Shape(())
    known = {name for name, _ in named}
    if isinstance(parser.scope.type, Shape):
        clash = known & {name for name, _ in (*below.properties, *below.paths)}
        if clash:
            name = shown(sorted(clash)[0])
            raise parser.cursor.wrong(f"{name} is both a group and a value of it")
    top = tuple((name, kind) for name, kind in named if "/" not in name)
    deep = tuple((name, kind) for name, kind in named if "/" in name)
    return joined([Shape(top, deep), below], parser.cursor)  # type: ignore[arg-type]


_READERS: Final[Mapping[str, Callable[[Parser], Transformation]]] = {
    "aggregate": _enclosed(aggregate),
    "compute": _enclosed(_computed),
    "concat": _enclosed(_concat),
    "filter": _enclosed(_filtered),
    "groupby": _enclosed(_group_by),
    "orderby": _enclosed(_ordered),
    "search": _searched,
    "skip": _enclosed(_skipped),
    "top": _enclosed(_limited),
    **{
        f"{end}{what}": _enclosed(ranked(f"{end}{what}"))
        for end in ("top", "bottom")
        for what in ("count", "sum", "percent")
    },
}
