"""Rows whose searched columns hold a text, in any case."""

from sqlalchemy import ColumnElement, Text, func, literal, or_, select

from app.queries.expressions import holds
from app.queries.query import Catalogue


def holding(catalogue: Catalogue, term: str) -> ColumnElement[bool]:
    """One of the searched columns of the catalogue holds the text."""
    columns = [catalogue.column(name) for name in catalogue.searched]
    return or_(
        *(
            holds(func.lower(column), literal(spelling, Text))
            for column in columns
            for spelling in _spellings(term)
        )
    )


def newest(catalogue: Catalogue, most: int) -> ColumnElement[bool]:
    """The row is among the newest ones of its table, as far as ids tell: at most so many rows have
    to be looked at, however many there are.
    """
    ids = catalogue.source.alias().c.id
    return catalogue.column("id") > select(func.max(ids)).scalar_subquery() - most


def _spellings(term: str) -> list[str]:
    """The text in small letters. SQLite makes letters of ASCII small only, so others are sought in
    the ways in which they are usually written.
    """
    if term.isascii():
        return [term.lower()]
    return sorted({_small(each) for each in (term, term.lower(), term.upper(), term.capitalize())})


def _small(text: str) -> str:
    """Letters of ASCII made small."""
    return "".join(each.lower() if each.isascii() else each for each in text)
