"""What the parts of the grammar of expressions need of the parser, which uses them."""

from typing import Protocol

from app.odata.engine.ast import Node
from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.lexer import Cursor, Excerpt
from app.odata.engine.grammar.scope import Scope


class Reader(Protocol):
    """Reads an expression. `height` is the height of the tree of nodes that was read last."""

    cursor: Cursor
    scope: Scope
    budget: Budget
    height: int

    def expression(self) -> Node:
        """The expression at the cursor."""

    def operand(self) -> Node:
        """The operand at the cursor, without operators."""

    def condition_within(self, cursor: Cursor, scope: Scope) -> Node:
        """The condition at a cursor, with what names mean in it."""

    def aliased(self) -> Excerpt | None:
        """The text of the parameter alias at the cursor; None where there is none."""

    def alias(self) -> Node:
        """The value of the parameter alias at the cursor, which goes on behind it."""

    def elsewhere(self, excerpt: Excerpt) -> "Reader":
        """A reader of another text, with the same scope and budget."""
