"""What one request may cost: nodes, nesting, items of lists. One budget serves all its options."""

from typing import Final

from app.odata.engine.grammar.lexer import Cursor
from app.odata.engine.problems import BadRequest
from app.odata.engine.source import Limits

MAX_PIECES: Final = 100_000  # far beyond what nested options within the other limits can have


class Budget:
    """Counts down what source.Limits allows; every method raises BadRequest at the limit.

    `depth` is how deep reading has descended now. It is checked before each descent, so that no
    text can exhaust the stack. `copies` is how often $levels repeats what is being read: an
    expanded navigation costs that many nodes.
    """

    __slots__ = ("copies", "depth", "expanded", "items", "limits", "nodes", "pieces")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.nodes = limits.nodes
        self.items = limits.in_items
        self.pieces = MAX_PIECES
        self.depth = 0
        self.expanded = 0
        self.copies = 1

    def spend(self, cursor: Cursor, count: int = 1) -> None:
        """Pay for nodes."""
        self.nodes -= count
        if self.nodes < 0:
            raise cursor.wrong(
                f"The request is too complex: more than {self.limits.nodes} operands and operators"
            )

    def spend_items(self, cursor: Cursor, count: int = 1) -> None:
        """Pay for items of a list; they are no nodes."""
        self.items -= count
        if self.items < 0:
            raise cursor.wrong(f"The lists have more than {self.limits.in_items} items")

    def pass_over(self, cursor: Cursor) -> None:
        """Pay for a piece of text that is looked over to find where an option ends: options inside
        of options are looked over once for each level.
        """
        self.pieces -= 1
        if self.pieces < 0:
            raise cursor.wrong("The nested options are too long")

    def descend(self, cursor: Cursor) -> None:
        """Go one level deeper; `ascend` comes back."""
        self.depth += 1
        if self.depth > self.limits.depth:
            raise self.too_deep(cursor)

    def ascend(self) -> None:
        """Come back from a level."""
        self.depth -= 1

    def bear(self, cursor: Cursor, height: int) -> int:
        """The same height of a tree of nodes, if it is not too high: chains of operators without
        any nesting in the text are high trees, too.
        """
        if height > self.limits.depth:
            raise self.too_deep(cursor)
        return height

    def expand(self, cursor: Cursor) -> None:
        """Go into a $expand, maybe inside of another; `contract` comes back."""
        self.expanded += 1
        if self.expanded > self.limits.expand_depth:
            raise cursor.wrong(f"$expand is nested deeper than {self.limits.expand_depth} levels")

    def contract(self) -> None:
        """Come back from a $expand."""
        self.expanded -= 1

    @property
    def levels_left(self) -> int:
        """How many levels the $expand that is being read can have, itself counted."""
        return self.limits.expand_depth - self.expanded + 1

    def too_deep(self, cursor: Cursor) -> BadRequest:
        """The error at the limit."""
        return cursor.wrong(f"Nested deeper than {self.limits.depth} levels")
