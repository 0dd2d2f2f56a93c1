"""Domain errors said in a client's words: fields of commands become properties or parameters."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.errors import DomainError, Invalid, ItemError, NotFound

Names = Mapping[str, str]


@contextmanager
def spelled(names: Names) -> Iterator[None]:
    """Let what runs inside say `names[field]` for a field of a command. Raises what it raises."""
    try:
        yield
    except Invalid as error:
        raise _respelled(error, names) from error
    except ItemError as error:
        raise ItemError(error.index, _of_item(error.error, names)) from error


@contextmanager
def named_by(field: str) -> Iterator[None]:
    """Let what a parameter names and what is not there be the parameter's fault: Invalid, as for a
    GUID that never was. The address of the request led to something already.
    """
    try:
        yield
    except NotFound as error:
        raise Invalid({field: error.message}) from error


def _of_item(error: DomainError, names: Names) -> DomainError:
    return _respelled(error, names) if isinstance(error, Invalid) else error


def _respelled(error: Invalid, names: Names) -> Invalid:
    return Invalid({names.get(field, field): said for field, said in error.messages.items()})
