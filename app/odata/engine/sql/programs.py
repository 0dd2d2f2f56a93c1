"""Nested expressions as programs: what SQLite runs in one call of one Python function.

SQLite's parser takes about thirty calls inside one another. An expression that is deeper goes to
the function `odata` instead: its first argument is a program, the others are the values that the
program names by number. A program is written behind its operands, each operation with the number
of those: `0 text.lower:1 1 text.contains:2`.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

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
            stack.append(partial(_pick, int(name)))
    (step,) = stack
    return step


def _pick(number: int, values: tuple[Any, ...]) -> Any:
    return values[number]


def _step(function: Function, operands: tuple[Step, ...]) -> Step:
    run_python = function.python
    assert run_python is not None

    def strict(values: tuple[Any, ...]) -> Any:
        found = []
        for operand in operands:
            value = operand(values)
            if value is None:
                return None
            found.append(value)
        try:
            return run_python(*found)
        except (ArithmeticError, ValueError):  # out of a range, or no value of the type
            return None

    def lenient(values: tuple[Any, ...]) -> Any:
        return run_python(*[operand(values) for operand in operands])

    return lenient if function.nulls else strict
