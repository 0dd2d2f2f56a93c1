"""What expressions become: frozen nodes, each with the type that the grammar found for it.

Built by grammar.py, read by sql/. Nothing here has behaviour. `position` is the offset in the text
of the option.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.odata.engine.edm import EdmType, ItemType, Navigation


@dataclass(frozen=True, slots=True)
class Shape:
    """A structured type that no model names: the result of $compute or $apply. `properties` are the
    names and types at the top; `paths` those reached through navigations ("Project/Name").
    """

    properties: tuple[tuple[str, EdmType], ...]
    paths: tuple[tuple[str, EdmType], ...] = ()


NodeType = EdmType | Shape | None  # None: the type of null, and of what is not known


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. `value` is str (String, Guid in lower case), bool, int, float, Decimal, date,
    time, aware datetime, timedelta, bytes, an int for an enum, or None for null.
    """

    value: Any
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Variable:
    """`$it`, `$this`, `$root/…` never; or the variable of a lambda."""

    name: str
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A structural property of what `source` gives; also a dynamic one, or a computed alias
    (`dynamic`).
    """

    source: "Node"
    name: str
    type: NodeType
    position: int = 0
    dynamic: bool = False


@dataclass(frozen=True, slots=True)
class Navigate:
    """A step along a navigation property. `type` is a CollectionType for a collection."""

    source: "Node"
    navigation: Navigation
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Narrow:
    """`source` as a derived type: null where it is none; members of a collection that are none are
    left out.
    """

    source: "Node"
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Logical:
    """`and` or `or` over any number of operands: chains are flat."""

    operator: str
    operands: tuple["Node", ...]
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    """Logical negation."""

    operand: "Node"
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Compare:
    """eq ne gt ge lt le has. Literals have been brought to the type of the other side."""

    operator: str
    left: "Node"
    right: "Node"
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class In:
    """`operand` is one of the items."""

    operand: "Node"
    items: tuple["Node", ...]
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """add sub mul div divby mod; `type` is the promoted type of the result."""

    operator: str
    left: "Node"
    right: "Node"
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Negate:
    """Unary minus, of a number or a duration."""

    operand: "Node"
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A canonical function by its lower-case name; cast and isof have the type in `target`; `case`
    has condition and value by turns.
    """

    name: str
    arguments: tuple["Node", ...]
    type: NodeType
    position: int = 0
    target: ItemType | None = None


@dataclass(frozen=True, slots=True)
class Lambda:
    """any or all over a collection. `predicate` None: any()."""

    kind: str
    source: "Node"
    variable: str | None
    predicate: "Node | None"
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """`/$count` of a collection, of those that fulfil the filter and the search."""

    source: "Node"
    filter: "Node | None"
    search: "SearchNode | None"
    type: NodeType
    position: int = 0


@dataclass(frozen=True, slots=True)
class Aggregated:
    """A custom aggregate inside an expression of $apply: `Amount with sum`."""

    operand: "Node | None"
    method: str
    type: NodeType
    position: int = 0


Node = (
    Literal
    | Variable
    | Member
    | Navigate
    | Narrow
    | Logical
    | Not
    | Compare
    | In
    | Arithmetic
    | Negate
    | Call
    | Lambda
    | Count
    | Aggregated
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a quoted phrase of $search."""

    text: str


@dataclass(frozen=True, slots=True)
class SearchNot:
    """What the operand does not find."""

    operand: "SearchNode"


@dataclass(frozen=True, slots=True)
class SearchAll:
    """AND, and words side by side."""

    operands: tuple["SearchNode", ...]


@dataclass(frozen=True, slots=True)
class SearchAny:
    """OR."""

    operands: tuple["SearchNode", ...]


SearchNode = Term | SearchNot | SearchAll | SearchAny


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One key of $orderby."""

    expression: Node
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ComputeItem:
    """`expression as alias`."""

    expression: Node
    alias: str


@dataclass(frozen=True, slots=True)
class AggregateItem:
    """One value of aggregate(): `method` is sum, min, max, average, countdistinct, or count (of
    `$count`, without an expression).
    """

    expression: Node | None
    method: str
    alias: str
    type: NodeType


@dataclass(frozen=True, slots=True)
class Identity:
    """identity: the input."""


@dataclass(frozen=True, slots=True)
class Filtered:
    """filter(…)."""

    predicate: Node


@dataclass(frozen=True, slots=True)
class Searched:
    """search(…)."""

    search: SearchNode


@dataclass(frozen=True, slots=True)
class Computed:
    """compute(…)."""

    items: tuple[ComputeItem, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """aggregate(…)."""

    items: tuple[AggregateItem, ...]


@dataclass(frozen=True, slots=True)
class GroupBy:
    """groupby((paths),transformations). Each path is a Member, reached through navigations to one
    entity. `then` is what happens to each group: () for distinct values. `rollup` holds, for
    rollup(…), the indexes of `paths` that it steps through, coarsest first; () without. `total`:
    it began with $all, so that its last step is all instances in one group.
    """

    paths: tuple[Node, ...]
    then: tuple["Transformation", ...]
    rollup: tuple[int, ...] = ()
    total: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """orderby(…)."""

    items: tuple[OrderItem, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """skip(n)."""

    number: int


@dataclass(frozen=True, slots=True)
class Limited:
    """top(n)."""

    number: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """topcount bottomcount topsum bottomsum toppercent bottompercent (amount, value)."""

    kind: str
    amount: int | float | Decimal
    value: Node


@dataclass(frozen=True, slots=True)
class Concat:
    """concat(a,b,…): the results one after the other."""

    branches: tuple[tuple["Transformation", ...], ...]


Transformation = (
    Identity
    | Filtered
    | Searched
    | Computed
    | Aggregate
    | GroupBy
    | Ordered
    | Skipped
    | Limited
    | Ranked
    | Concat
)


@dataclass(frozen=True, slots=True)
class SelectItem:
    """A property of $select, by name; a path into a complex property has its tail in `path`.
    `options` are nested ones (4.01).
    """

    name: str
    path: tuple[str, ...] = ()
    options: "Options | None" = None


@dataclass(frozen=True, slots=True)
class ExpandItem:
    """A navigation property of $expand. `only_references`: /$ref, `only_count`: /$count. `levels`
    is 0 without $levels; "max" arrives as the limit of the service.
    """

    navigation: Navigation
    options: "Options"
    only_references: bool = False
    only_count: bool = False
    levels: int = 0
    narrow: str | None = None
    text: tuple[tuple[str, str], ...] = ()  # the nested options as they were written


@dataclass(frozen=True, slots=True)
class Options:
    """The system query options of a request or of an expanded navigation, read and typed.

    `select` None: everything. `select_all`: `*` was in it. `shape` is the type of the result when
    $apply changed it.
    """

    filter: Node | None = None
    search: SearchNode | None = None
    select: tuple[SelectItem, ...] | None = None
    select_all: bool = False
    expand: tuple[ExpandItem, ...] = ()
    orderby: tuple[OrderItem, ...] = ()
    compute: tuple[ComputeItem, ...] = ()
    apply: tuple[Transformation, ...] = ()
    shape: Shape | None = None
    top: int | None = None
    skip: int = 0
    count: bool = False
    skiptoken: str | None = None
    deltatoken: str | None = None
    index: int | None = None
    schemaversion: str | None = None
    id: str | None = None
    format: str | None = None
