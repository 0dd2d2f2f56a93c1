"""$search: words and phrases with NOT, AND and OR, binding in that order (URL Conventions 5.1.7).

AND, OR and NOT are operators only where operands stand around them; elsewhere they are words.
"""

import re
from collections.abc import Callable
from typing import Final

from app.odata.engine.ast import SearchAll, SearchAny, SearchNode, SearchNot, Term
from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.lexer import Cursor, Excerpt, shown, whole
from app.odata.engine.grammar.literals import unquoted
from app.odata.engine.problems import BadRequest
from app.odata.engine.source import Limits

TARGET: Final = "$search"

_TOKEN: Final = re.compile(r'\s*+(?:(?P<phrase>"[^"]*+")|(?P<word>[^\s()"]++)|(?P<mark>[()]))')
_INCOMPLETE: Final = re.compile(r"\s*+'[^']*+(?:''[^']*+)*+'\s*+")
_PIECE: Final = re.compile(r'"([^"]*+)"?|([^\s"]++)')

Token = tuple[str, str, int]  # kind (phrase, word, mark, end), text, position


def parse(text: str, limits: Limits) -> SearchNode:
    """The search that a text asks for. Raises BadRequest with the target `$search`."""
    return read(whole(text, TARGET), Budget(limits))


def read(excerpt: Excerpt, budget: Budget) -> SearchNode:
    """The search in a part of a text."""
    if _INCOMPLETE.fullmatch(excerpt.text, excerpt.start, excerpt.end):
        return _incomplete(excerpt, budget)
    return _Search(excerpt, budget).whole()


def _incomplete(excerpt: Excerpt, budget: Budget) -> SearchNode:
    """A search in single quotes, as somebody is typing it: its quotes may lack their ends. It is
    read as a search if it is one, else as all the words and phrases in it.
    """
    content = unquoted(excerpt.value.strip())
    nodes, depth = budget.nodes, budget.depth
    try:
        return _Search(Excerpt(content, excerpt.target, 0, len(content)), budget).whole()
    except BadRequest:
        budget.nodes, budget.depth = nodes, depth
    # A quote around nothing is itself what is sought.
    texts = [phrase or word or '"' for phrase, word in _PIECE.findall(content)]
    if not texts:
        raise excerpt.wrong("The search is empty")
    budget.spend(_place(excerpt, excerpt.start), len(texts))
    terms = tuple(Term(text) for text in texts)
    return terms[0] if len(terms) == 1 else SearchAll(terms)


def _place(excerpt: Excerpt, position: int) -> Cursor:
    """A cursor that only tells where errors are: words of a search are no tokens."""
    return Cursor(excerpt.text, excerpt.target, position, position)


class _Search:
    """Reads one search expression; looks one token ahead."""

    def __init__(self, excerpt: Excerpt, budget: Budget) -> None:
        self._excerpt = excerpt
        self._budget = budget
        self._token: Token = self._scan(excerpt.start)

    def whole(self) -> SearchNode:
        """All of it. Raises BadRequest for what is left over."""
        found = self._any()
        if self._token[0] != "end":
            raise self._unexpected()
        return found

    def _any(self) -> SearchNode:
        operands = [self._all()]
        while self._at_operator("OR"):
            self._advance()
            operands.append(self._all())
        return operands[0] if len(operands) == 1 else SearchAny(tuple(operands))

    def _all(self) -> SearchNode:
        operands = [self._operand()]
        while self._starts_operand() and not self._at_operator("OR"):
            if self._at_operator("AND"):
                self._advance()
            operands.append(self._operand())
        return operands[0] if len(operands) == 1 else SearchAll(tuple(operands))

    def _operand(self) -> SearchNode:
        kind, text, position = self._token
        self._budget.spend(_place(self._excerpt, position))
        if self._at_operator("NOT"):
            return SearchNot(self._below(self._operand))
        if text == "(":
            found = self._below(self._any)
            if self._token[1] != ")":
                raise self._unexpected()
            self._advance()
            return found
        if kind == "phrase" and len(text) == 2:
            raise self._wrong("A phrase is empty", position)
        if kind in ("end", "mark"):
            raise self._unexpected()
        self._advance()
        return Term(text[1:-1] if kind == "phrase" else text)

    def _below(self, read_part: Callable[[], SearchNode]) -> SearchNode:
        """What follows the token, one level deeper."""
        self._budget.descend(_place(self._excerpt, self._token[2]))
        self._advance()
        found = read_part()
        self._budget.ascend()
        return found

    def _starts_operand(self) -> bool:
        return self._token[0] != "end" and self._token[1] != ")"

    def _at_operator(self, word: str) -> bool:
        """The token is this word, and an operand follows it."""
        kind, text, position = self._token
        if kind != "word" or text != word:
            return False
        following = self._scan(position + len(word))
        return following[0] != "end" and following[1] != ")"

    def _advance(self) -> None:
        kind, text, position = self._token
        self._token = self._scan(position + len(text))
        joined = self._token[2] == position + len(text)
        if joined and kind in ("phrase", "word") and self._token[0] in ("phrase", "word"):
            raise self._wrong("A space is missing around a phrase", self._token[2])

    def _scan(self, position: int) -> Token:
        found = _TOKEN.match(self._excerpt.text, position, self._excerpt.end)
        if found is not None and found.lastgroup is not None:
            return found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)
        rest = self._excerpt.text[position : self._excerpt.end]
        if rest.strip():
            raise self._wrong('A phrase that begins with " does not end', position)
        return "end", "", self._excerpt.end

    def _unexpected(self) -> BadRequest:
        kind, text, position = self._token
        if kind == "end":
            return self._wrong("Expected a word or a phrase where the search ends", position)
        return self._wrong(f"Expected a word or a phrase, not {shown(text)}", position)

    def _wrong(self, message: str, position: int) -> BadRequest:
        return _place(self._excerpt, position).wrong(message)
