"""Options in parentheses behind a property, `(name=value;name=value)`, cut apart but not read.

They are read afterwards in the order in which they take effect: $compute before $filter, wherever
it stands. Brackets are counted, not descended into.
"""

import re
from collections.abc import Mapping
from typing import Final

from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.lexer import Cursor, Excerpt, shown

_NAME: Final = re.compile(r"\s*(\$?[A-Za-z]+|@[^\W\d]\w*)\s*=")
_TEXT: Final = re.compile(
    r"""'[^']*+(?:''[^']*+)*+' | "(?:[^"\\]|\\.)*+" | [()\[\]{};] | [^'"()\[\]{};]++""",
    re.DOTALL | re.VERBOSE,
)
# In a search, an apostrophe is part of a word; quotes count only around all of it.
_SEARCH: Final = re.compile(
    r"""(?<=[=(])\s*+'[^']*+(?:''[^']*+)*+' | "[^"]*+" | [();] | (?:'|[^'"();])++""",
    re.DOTALL | re.VERBOSE,
)
_BRACKETS: Final = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def split(cursor: Cursor, budget: Budget) -> Mapping[str, Excerpt]:
    """The options in the parentheses at the cursor, which goes on behind them, by canonical name
    (`$filter`; `@p` for a parameter alias).

    Raises BadRequest for an option without `=`, one given twice, a bracket or quote without end.
    """
    found: dict[str, Excerpt] = {}
    position, closed = cursor.token_end, False
    while not closed:
        named = _NAME.match(cursor.text, position, cursor.end)
        if named is None:
            raise cursor.wrong("Expected an option, as in ($filter=…;$top=…)", position)
        name = canonical(named[1])
        if name in found:
            raise cursor.wrong(f"{shown(name)} is given twice", named.start(1))
        pattern = _SEARCH if name == "$search" else _TEXT
        stop = _end(cursor, budget, named.end(), pattern)
        found[name] = Excerpt(cursor.text, cursor.target, named.end(), stop)
        closed = cursor.text[stop] == ")"
        position = stop + 1
    cursor.jump(position)
    return found


def enclosed_search(cursor: Cursor, budget: Budget) -> Excerpt:
    """The search expression in the parentheses at the cursor, which goes on behind them."""
    start = cursor.token_end
    stop = _end(cursor, budget, start, _SEARCH, separator=None)
    cursor.jump(stop + 1)
    return Excerpt(cursor.text, cursor.target, start, stop)


def canonical(name: str) -> str:
    """`$` and lower case, as 4.01 lets clients leave both away; aliases stay as they are."""
    return name if name.startswith("@") else f"${name.lower().removeprefix('$')}"


def _end(
    cursor: Cursor,
    budget: Budget,
    start: int,
    pattern: re.Pattern[str],
    separator: str | None = ";",
) -> int:
    """Where the value that begins at `start` ends: at a `;` or `)` outside of brackets."""
    level, position = 0, start
    while position < cursor.end:
        budget.pass_over(cursor)
        part = pattern.match(cursor.text, position, cursor.end)
        if part is None:
            raise cursor.wrong("A quote without its end", position)
        if level == 0 and part[0] in (")", separator):
            return position
        level += _BRACKETS.get(part[0], 0)
        if level > budget.limits.depth:
            raise budget.too_deep(cursor)
        position = part.end()
    raise cursor.wrong("A parenthesis is not closed", start)
