"""An operation of functions.py as an element of a statement, written out per database."""

import string
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Cast,
    ColumnElement,
    FromClause,
    ScalarSelect,
    bindparam,
    literal,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import Column
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeEngine

from app.odata.engine.problems import BadRequest
from app.odata.engine.sql.functions import FUNCTIONS, Function, Template
from app.odata.engine.sql.types import TRUTH

SHALLOW: Final = 9  # of the 100 places of SQLite's parser: what an expression may take
INSIDE: Final = 5  # what a subquery as an argument counts
MOST_VALUES: Final = 120  # SQLite's functions take 127 arguments


class Operation(ColumnElement[Any]):
    """An operation by its name in the table of functions.py, with its arguments and its type."""

    __visit_name__ = "odata_operation"
    _traverse_internals = [
        ("name", InternalTraversal.dp_string),
        ("operands", InternalTraversal.dp_clauseelement_tuple),
        ("type", InternalTraversal.dp_type),
    ]

    def __init__(
        self, name: str, operands: tuple[ColumnElement[Any], ...], type_: TypeEngine[Any]
    ) -> None:
        self.name = name
        self.operands = operands
        self.type = type_

    @property
    def _from_objects(self) -> list[FromClause]:
        return [each for operand in self.operands for each in operand._from_objects]

    @property
    def function(self) -> Function:
        """What it is in each database."""
        return FUNCTIONS[self.name]

    def self_group(self, against: Any = None) -> "Operation":
        """Templates bring their own parentheses, and conditions are conditions in SQLite too."""
        return self


def operation(name: str, *arguments: ColumnElement[Any], type_: TypeEngine[Any]) -> Operation:
    """A value."""
    return Operation(name, arguments, type_)


def condition(name: str, *arguments: ColumnElement[Any]) -> Operation:
    """A truth."""
    return Operation(name, arguments, TRUTH)


def bound(value: Any, type_: TypeEngine[Any]) -> ColumnElement[Any]:
    """A constant as a parameter of the statement."""
    return literal(value, type_)


def bound_list(values: Sequence[Any], type_: TypeEngine[Any]) -> ColumnElement[Any]:
    """Constants for an IN: one parameter, however many there are."""
    return bindparam(None, list(values), type_, unique=True, expanding=True)


def _named(template: Template) -> tuple[int, ...]:
    """The numbers of the arguments that a template names, with repetitions."""
    assert isinstance(template, str)
    fields = (name for _, name, _, _ in string.Formatter().parse(template))
    return tuple(int(name) for name in fields if name)


@lru_cache(maxsize=1024)
def _repeated(template: str) -> bool:
    named = _named(template)
    return len(set(named)) < len(named)


@lru_cache(maxsize=1024)
def _closed(template: Template) -> bool:
    """The template has parentheses around all of it."""
    if not isinstance(template, str):
        return True
    depth, closes = 0, len(template)
    for place, character in enumerate(template):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            closes = min(closes, place)
    return template.startswith("(") and closes == len(template) - 1


def _is_simple(element: ColumnElement[Any]) -> bool:
    return isinstance(element, Column | BindParameter) or element.__visit_name__ == "column"


def _written(
    template: Template,
    operands: Sequence[ColumnElement[Any]],
    compiler: SQLCompiler,
    options: dict[str, Any],
) -> str:
    """A template with its arguments; only those that it names become part of the statement."""
    if not isinstance(template, str):
        return template([_operand(each, compiler, options) for each in operands])
    needed = _named_once(template)
    texts = [
        _operand(each, compiler, options) if number in needed else ""
        for number, each in enumerate(operands)
    ]
    return template.format(*texts)


def _operand(element: ColumnElement[Any], compiler: SQLCompiler, options: dict[str, Any]) -> str:
    text = str(compiler.process(element, **options))
    closed = _is_simple(element) or isinstance(element, Operation | ScalarSelect | Cast)
    return text if closed else f"({text})"


@lru_cache(maxsize=1024)
def _named_once(template: str) -> frozenset[int]:
    return frozenset(_named(template))


def _entered(element: Operation, options: dict[str, Any]) -> dict[str, Any]:
    """Options for the arguments, after this element has been noted as a column of the result."""
    note = options.pop("add_to_result_map", None)
    if note is not None:
        note(element.name, element.name, (element, element.name), element.type)
    return options


@compiles(Operation, "postgresql")
def _on_postgresql(element: Operation, compiler: SQLCompiler, **options: Any) -> str:
    options = _entered(element, options)
    template, operands = element.function.postgresql, element.operands
    simple = all(_is_simple(each) for each in operands)
    alone = element.function.python is None  # an aggregate: nothing may come between
    if not isinstance(template, str) or simple or alone or not _repeated(template):
        text = _written(template, operands, compiler, options)
        return text if alone or _closed(template) else f"({text})"
    # A subquery that OFFSET keeps from being dissolved evaluates each argument once.
    columns = ", ".join(
        f"{_operand(operands[number], compiler, options)} AS x{number}"
        for number in sorted(_named_once(template))
    )
    names = [f"once.x{number}" for number in range(len(operands))]
    once = f"(SELECT {columns} OFFSET 0) AS once"
    return f"(SELECT {template.format(*names)} FROM {once})"  # noqa: S608 (no text of a client)


@compiles(Operation, "sqlite")
def _on_sqlite(element: Operation, compiler: SQLCompiler, **options: Any) -> str:
    options = _entered(element, options)
    function = element.function
    if function.sqlite is not None and (function.python is None or _height(element) <= SHALLOW):
        return _written(function.sqlite, element.operands, compiler, options)
    leaves: list[ColumnElement[Any]] = []
    program = " ".join(_program(element, leaves))
    if len(leaves) > MOST_VALUES:
        raise BadRequest("This expression has too many values")
    values = "".join(f", {_operand(each, compiler, options)}" for each in leaves)
    return f"odata('{program}'{values})"


def _height(element: ColumnElement[Any]) -> int:
    """How much of the parser's stack the templates for SQLite would take."""
    if not isinstance(element, Operation):
        return 0 if _is_simple(element) else INSIDE
    function = element.function
    own = function.cost if function.sqlite is not None else SHALLOW + 1
    return own + max((_height(each) for each in element.operands), default=0)


def _program(element: ColumnElement[Any], leaves: list[ColumnElement[Any]]) -> list[str]:
    """The tokens of a program (programs.py); its values go to `leaves`, each once."""
    if not isinstance(element, Operation) or element.function.python is None:
        place = next((number for number, each in enumerate(leaves) if each is element), None)
        if place is None:
            place = len(leaves)
            leaves.append(element)
        return [str(place)]
    operands = element.operands[: element.function.takes]
    tokens = [token for each in operands for token in _program(each, leaves)]
    return [*tokens, f"{element.name}:{len(operands)}"]
