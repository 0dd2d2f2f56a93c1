"""Nested expressions as programs: what SQLite runs in one call of one Python function.

SQLite's parser takes about thirty calls inside one another. An expression that is deeper goes to
the function `odata` instead: its first argument is a program, the others are the values that the
program names by number. A program is written behind its operands, each operation with the number
of those: `0 text.lower:1 1 text.contains:2`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from app.odata.engine.sql.functions import FUNCTIONS, Function

Step = Callable[[tuple[Any, ...]], Any]
KEPT = 2048  # programs: each has the shape of some request, not its values


def run(program: str, *values: Any) -> Any:
    """What a program makes of stored values."""
    return compiled(program)(values)


@lru_cache(maxsize=KEPT)
def compiled(program: str) -> Step:
    """The program as a function of its values."""
    stack: list[Step] = []
    for token in program.split():
        name, _, arity = token.partition(":")
        if arity:
            count = int(arity)
            operands = tuple(stack[len(stack) - count :])
            del stack[len(stack) - count :]
            stack.append(_step(FUNCTIONS[name], operands))
        else:
            stack.append(itemgetter(int(name)))
    (step,) = stack
    return step


def _step(function: Function, operands: tuple[Step, ...]) -> Step:
    run_python = function.python
    assert run_python is not None
    if function.nulls:
        return _lenient(run_python, *operands)
    make: Callable[..., Step] = _STRICT.get(len(operands), _strict)
    return make(run_python, *operands)


def _lenient(run_python: Callable[..., Any], *operands: Step) -> Step:
    return lambda values: run_python(*[operand(values) for operand in operands])


# A function of null is null, and what has no value in a range or of a type is null, too.


def _unary(run_python: Callable[..., Any], operand: Step) -> Step:
    def step(values: tuple[Any, ...]) -> Any:
        value = operand(values)
        if value is None:
            return None
        try:
            return run_python(value)
        except _NO_VALUE:
            return None

    return step


def _binary(run_python: Callable[..., Any], left: Step, right: Step) -> Step:
    def step(values: tuple[Any, ...]) -> Any:
        one = left(values)
        if one is None:
            return None
        other = right(values)
        if other is None:
            return None
        try:
            return run_python(one, other)
        except _NO_VALUE:
            return None

    return step


def _strict(run_python: Callable[..., Any], *operands: Step) -> Step:
    def step(values: tuple[Any, ...]) -> Any:
        found = [operand(values) for operand in operands]
        if None in found:
            return None
        try:
            return run_python(*found)
        except _NO_VALUE:
            return None

    return step


_NO_VALUE: Final = (ArithmeticError, ValueError)
_STRICT: Final[Mapping[int, Callable[..., Step]]] = {1: _unary, 2: _binary}
