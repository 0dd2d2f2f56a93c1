"""What /openapi.json and the coverage table need to know of a view: stated once, where the view
stands.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from marshmallow import Schema

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of an API. `section` is its heading in the document, or where else it comes
    from.

    `wrapper` is the member that `body` stands under; `answer` maps members of the answer to a
    schema, a list of one schema, or a JSON type's name; `kinds` are the content types of an answer
    that is no JSON. `elsewhere` is where an operation is described that /openapi.json leaves out.
    """

    section: str
    options: tuple[Any, ...] = ()
    body: type[Schema] | None = None
    wrapper: str | None = None
    answer: tuple[tuple[str, Any], ...] = ()
    status: int = 200
    elsewhere: str = ""
    kinds: tuple[str, ...] = ()


def operation(
    section: str,
    *,
    options: Iterable[Any] = (),
    body: type[Schema] | None = None,
    wrapper: str | None = None,
    answer: dict[str, Any] | None = None,
    status: int = 200,
    elsewhere: str = "",
    kinds: Iterable[str] = (),
) -> Callable[[View], View]:
    """Attach an Operation to a view."""
    answers = tuple((answer or {}).items())
    made = Operation(
        section, tuple(options), body, wrapper, answers, status, elsewhere, tuple(kinds)
    )

    def mark(view: View) -> View:
        view.operation = made  # type: ignore[attr-defined]
        return view

    return mark
