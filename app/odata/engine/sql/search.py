"""$search as conditions (URL Conventions 5.1.8)."""

from sqlalchemy import and_, or_

from app.odata.engine.ast import SearchAll, SearchAny, SearchNode, SearchNot, Term
from app.odata.engine.problems import NotSupported
from app.odata.engine.source import Rows
from app.odata.engine.sql.operations import condition
from app.odata.engine.sql.translating import Truth


def found(node: SearchNode, rows: Rows) -> Truth:
    """The rows that a search finds. Raises NotSupported where the source cannot search."""
    if isinstance(node, Term):
        return _holding(node, rows)
    if isinstance(node, SearchNot):
        return condition("unsure", found(node.operand, rows))
    joined = and_ if isinstance(node, SearchAll) else or_
    assert isinstance(node, SearchAll | SearchAny)
    return joined(*(found(each, rows) for each in node.operands))


def _holding(node: Term, rows: Rows) -> Truth:
    try:
        return rows.search(node.text)
    except NotImplementedError:
        raise NotSupported("Search is not supported here", target="$search") from None
