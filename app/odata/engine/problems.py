"""What a request can run into, as errors: each becomes one OData error body (envelope.py)."""

from app.errors import DomainError


class Problem(DomainError):
    """An error of the protocol. `status` is its HTTP code, `target` the option, property or segment
    at fault, `position` the offset in that text where reading stopped (0-based, in characters).
    """

    status = 400
    code = "BadRequest"

    def __init__(
        self, message: str, *, target: str | None = None, position: int | None = None
    ) -> None:
        super().__init__(message)
        self.target = target
        self.position = position


class BadRequest(Problem):
    """The request cannot be read, or contradicts the model."""


class NoSuchResource(Problem):
    """No resource has this address."""

    status = 404
    code = "NotFound"


class NotAllowed(Problem):
    """The resource does not take this method."""

    status = 405
    code = "MethodNotAllowed"

    def __init__(self, message: str, *, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.allowed = allowed


class NotAcceptable(Problem):
    """None of the formats that the client takes can be made."""

    status = 406
    code = "NotAcceptable"


class Gone(Problem):
    """What the address leads to was there once, such as the rest of a list (Protocol 9.3.5)."""

    status = 410
    code = "Gone"


class PreconditionFailed(Problem):
    """If-Match or If-None-Match does not hold."""

    status = 412
    code = "PreconditionFailed"


class TooBig(Problem):
    """A body beyond its limit."""

    status = 413
    code = "PayloadTooLarge"


class TooLong(Problem):
    """An address beyond its limit."""

    status = 414
    code = "UriTooLong"


class NotThisFormat(Problem):
    """A body in a format that is not read."""

    status = 415
    code = "UnsupportedMediaType"


class FailedDependency(Problem):
    """A request of a batch that this one needs has failed."""

    status = 424
    code = "FailedDependency"


class PreconditionRequired(Problem):
    """The request has to say which version it means."""

    status = 428
    code = "PreconditionRequired"


class NotSupported(Problem):
    """Legal OData that this service does not do (Protocol, 9.3.1)."""

    status = 501
    code = "NotImplemented"
