"""The parser of expressions: precedence climbing, typed as it goes (URL Conventions 5.1.1).

Chains of operators are loops. It calls itself only for what stands in parentheses, behind `not` or
a minus, or in an alias, and the budget bounds that before each descent.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.odata.engine.ast import Literal, Logical, Node
from app.odata.engine.grammar import calls, lists, literals, operators, paths
from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.lexer import Cursor, Excerpt, whole
from app.odata.engine.grammar.members import is_known
from app.odata.engine.grammar.scope import Scope

# The higher, the tighter (5.1.1.17). Unary operators stand between 6 and 8.
_LEVELS: Final[Mapping[str, int]] = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("eq", "ne"), 3),
    **dict.fromkeys(("gt", "ge", "lt", "le"), 4),
    **dict.fromkeys(("add", "sub"), 5),
    **dict.fromkeys(("mul", "div", "divby", "mod"), 6),
    **dict.fromkeys(("has", "in"), 8),
}
_LOOSEST: Final = 1
_TIGHTEST: Final = 8
_COMPARING: Final = (3, 4)


class Parser:
    """Reads expressions at a cursor. `height` is the height of the tree that was read last."""

    __slots__ = ("budget", "cursor", "height", "scope")

    def __init__(self, cursor: Cursor, scope: Scope, budget: Budget) -> None:
        self.cursor = cursor
        self.scope = scope
        self.budget = budget
        self.height = 0

    def whole(self) -> Node:
        """An expression that goes on to the end of the text."""
        node = self.expression()
        self.cursor.finish()
        return node

    def condition(self, what: str = "The condition") -> Node:
        """An expression that is true or false."""
        return operators.require_boolean(self.expression(), what, self.cursor)

    def condition_within(self, cursor: Cursor, scope: Scope) -> Node:
        """A condition at another cursor, or in another scope."""
        inner = Parser(cursor, scope, self.budget)
        node = inner.condition()
        self.height = inner.height
        return node

    def elsewhere(self, excerpt: Excerpt) -> "Parser":
        """A parser of another text, with the same scope and budget."""
        return Parser(excerpt.cursor(), self.scope, self.budget)

    def expression(self, loosest: int = _LOOSEST) -> Node:
        """An expression whose operators bind at least this tightly."""
        left = self._unary()
        cursor = self.cursor
        while cursor.kind == "name":
            word = cursor.value.lower()
            level = _LEVELS.get(word)
            if level is None or level < loosest:
                break
            left = self._operation(word, level, left)
        return left

    def operand(self) -> Node:
        """A literal, a path, a call, or an expression in parentheses."""
        cursor = self.cursor
        self.budget.spend(cursor)
        self.height = 1
        if cursor.kind == "name":
            return self._word()
        if cursor.kind in ("system", "at"):
            return paths.read(self)
        literal = literals.read(cursor, self.scope.model)
        if literal is not None:
            return literal
        if cursor.kind == "(":
            return self._group()
        if cursor.kind in ("[", "{"):
            raise cursor.unsupported("An array or object here is")
        raise cursor.unexpected("an operand")

    def aliased(self) -> Excerpt | None:
        """The text of the parameter alias at the cursor; None where there is none."""
        cursor = self.cursor
        text = self.scope.aliases.get(cursor.value) if cursor.kind == "at" else None
        return None if text is None else whole(text, cursor.value)

    def alias(self) -> Node:
        """The value of a parameter alias, read where it is used; null when there is none (5.3)."""
        cursor, position = self.cursor, self.cursor.position
        excerpt = self.aliased()
        if excerpt is None and ("." in cursor.value or "#" in cursor.value):
            raise cursor.unsupported("Annotations in expressions are")
        node: Node = Literal(None, None, position)
        if excerpt is not None:
            self.budget.descend(cursor)
            inner = self.elsewhere(excerpt)
            node = replace(inner.whole(), position=position)
            self.height = inner.height
            self.budget.ascend()
        cursor.advance()
        return node

    def _operation(self, word: str, level: int, left: Node) -> Node:
        """The operator at the cursor, applied to what stands before and behind it."""
        cursor, height, position = self.cursor, self.height, self.cursor.position
        self.budget.spend(cursor)
        cursor.advance()
        if word in ("and", "or"):
            return self._chain(word, level, left, position)
        if word == "in":
            node: Node = lists.membership(self, left, position)
        else:
            right = self.expression(level + 1)
            node = _binary(word, level, left, right, position, cursor)
        self.height = self.budget.bear(cursor, max(height, self.height) + 1)
        return node

    def _chain(self, word: str, level: int, left: Node, position: int) -> Node:
        """Operands of `and` or `or`, however many, side by side in one node."""
        cursor, operands, height = self.cursor, [left], self.height
        while True:
            operands.append(self.expression(level + 1))
            height = max(height, self.height)
            if not cursor.is_word(word):
                break
            self.budget.spend(cursor)
            cursor.advance()
        node = operators.logical(word, operands, position, cursor)
        flat = isinstance(left, Logical) and left.operator == word
        self.height = self.budget.bear(cursor, height if flat else height + 1)
        return node

    def _unary(self) -> Node:
        cursor = self.cursor
        make = operators.minus if cursor.kind == "-" else None
        if cursor.is_word("not"):
            make = operators.negation
        if make is None:
            return self.operand()
        position = cursor.position
        self.budget.spend(cursor)
        self.budget.descend(cursor)
        cursor.advance()
        node = make(self.expression(_TIGHTEST), position, cursor)
        self.budget.ascend()
        self.height = self.budget.bear(cursor, self.height + 1)
        return node

    def _word(self) -> Node:
        """A literal that is a word, a call, or a path."""
        cursor = self.cursor
        if cursor.follows == "(":
            return paths.follow(self, calls.read(self))
        literal = literals.word(cursor.value, cursor.position)
        if literal is None:
            literal = self._in_other_case()
        if literal is None or cursor.follows == "/":
            return paths.read(self)
        cursor.advance()
        return literal

    def _in_other_case(self) -> Literal | None:
        """4.01 takes TRUE and the like in any case; but a property of that name comes first."""
        cursor = self.cursor
        literal = literals.word(cursor.value.lower(), cursor.position)
        return None if literal is None or is_known(self.scope, cursor) else literal

    def _group(self) -> Node:
        self.budget.descend(self.cursor)
        self.cursor.advance()
        node = self.expression()
        self.cursor.expect(")")
        self.budget.ascend()
        return node


def _binary(word: str, level: int, left: Node, right: Node, position: int, cursor: Cursor) -> Node:
    if word == "has":
        return operators.flags(left, right, position, cursor)
    if level in _COMPARING:
        return operators.comparison(word, left, right, position, cursor)
    return operators.arithmetic(word, left, right, position, cursor)
