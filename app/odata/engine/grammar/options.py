"""All system query options of a request (URL Conventions 5.1; Data Aggregation 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from app.odata.engine.ast import Options
from app.odata.engine.edm import Model
from app.odata.engine.grammar import apply, expand, select
from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.clauses import Read, assemble
from app.odata.engine.grammar.lexer import Excerpt, shown, whole
from app.odata.engine.grammar.nested import canonical
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.source import Limits

Pairs = Iterable[tuple[str, str]]

_READ: Final = frozenset(
    (
        "apply",
        "compute",
        "count",
        "expand",
        "filter",
        "format",
        "id",
        "index",
        "orderby",
        "schemaversion",
        "search",
        "select",
        "skip",
        "skiptoken",
        "top",
    )
)
_NOT_SUPPORTED: Final = frozenset(("deltatoken",))
NAMES: Final = _READ | _NOT_SUPPORTED
"""The system query options by name, lower-case, without `$`."""

# URL Conventions 5.1: what has a result takes the options that shape it; a deletion has none.
_OF_DELETE: Final = frozenset(("$format", "$id", "$schemaversion"))


def given(pairs: Pairs) -> frozenset[str]:
    """The system query options that are there, by canonical name (`$filter`). Raises as `read` does
    for names that are unknown, not supported or given twice.
    """
    return frozenset(_system(pairs))


def aliases(pairs: Pairs) -> Mapping[str, str]:
    """The parameter aliases, `@` and all, with their texts (5.3). Raises BadRequest for one given
    twice.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("@") and name in found:
            raise BadRequest(f"{shown(name)} is given twice", target=name)
        if name.startswith("@"):
            found[name] = value
    return found


def read(
    pairs: Pairs, scope: Scope, *, model: Model, limits: Limits, method: str = "GET"
) -> Options:
    """The options of a query string: `pairs` of name and value, decoded, in their order.

    Names are taken with or without `$`, in any case (4.01). $apply comes first, then $compute; the
    others see what these made. Custom options are ignored; pairs that are parameters of a function
    have to be taken out before. Raises BadRequest for unknown names with `$`, options given twice,
    that do not go with the method, or that cannot be read; NotSupported for legal ones that are
    not done.
    """
    listed = tuple(pairs)
    texts = _system(listed)
    excerpts = {name: whole(text, name) for name, text in texts.items()}
    if method.upper() == "DELETE":
        _refuse_for_delete(excerpts)
    scope = replace(scope, model=model).with_aliases(aliases(listed))
    budget = Budget(limits)
    applied = excerpts.get("$apply")
    if applied is None:
        return assemble(excerpts, scope, budget, _MORE)
    transformations, after = apply.read(applied, scope, budget)
    options = assemble(excerpts, after, budget, _MORE)
    return replace(options, apply=transformations, shape=apply.shape_of(scope, after))


_MORE: Final[Mapping[str, Read]] = {"$select": select.read, "$expand": expand.read}


def _system(pairs: Pairs) -> dict[str, str]:
    """The system query options by canonical name, each known and only once."""
    found: dict[str, str] = {}
    for name, value in pairs:
        known = name.lower().removeprefix("$") in NAMES
        if not known and not name.startswith("$"):
            continue
        plain = canonical(name)
        if not known:
            raise BadRequest(f"{shown(name)} is not a system query option", target=name)
        if plain.removeprefix("$") in _NOT_SUPPORTED:
            raise NotSupported(f"{plain} is not supported", target=plain)
        if plain in found:
            raise BadRequest(f"{plain} is given twice", target=plain)
        found[plain] = value
    return found


def _refuse_for_delete(excerpts: Mapping[str, Excerpt]) -> None:
    for name in excerpts:
        if name not in _OF_DELETE:
            raise BadRequest(f"{name} does not go with DELETE", target=name)
