"""Domain errors. The core raises them; each dialect says them in its own words. No HTTP codes
here.
"""

from collections.abc import Mapping


class DomainError(Exception):
    """Base of all errors that are the caller's to mend."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unauthenticated(DomainError):
    """No key, or one that opens nothing."""


class NotFound(DomainError):
    """The thing does not exist, or not for this viewer: the two are never told apart."""

    def __init__(self, message: str = "Not found") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The viewer sees the thing but may not do this to it."""


class Conflict(DomainError):
    """The change contradicts what is stored, such as a second person with one e-mail address."""


class Unavailable(DomainError):
    """The store could not do it in time, or too many others were at it: nothing was done, and the
    same request may succeed later.
    """

    def __init__(self, message: str = "The store is too busy: try again") -> None:
        super().__init__(message)


class TooLarge(DomainError):
    """A body beyond the documented limit."""


class ItemError(DomainError):
    """One item of a batch was refused, and the batch with it: `index` from 0, `error` says why."""

    def __init__(self, index: int, error: DomainError) -> None:
        super().__init__(f"item {index}: {error.message}")
        self.index = index
        self.error = error


class Invalid(DomainError):
    """Values that cannot be taken, by field name of the request.

    `messages` maps a field, as the client spells it, to what is wrong with it.
    """

    def __init__(self, messages: Mapping[str, str | list[str]]) -> None:
        self.messages = {
            field: [said] if isinstance(said, str) else list(said)
            for field, said in messages.items()
        }
        super().__init__(
            "; ".join(f"{field}: {' '.join(said)}" for field, said in self.messages.items())
        )
