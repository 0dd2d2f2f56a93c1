"""For whom requests are made: a server, on whose behalf, and what it has."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.messages import Caller, Refused
from bench.subjects import Subjects


@dataclass(frozen=True, slots=True)
class Target:
    """A caller of one server, and ids that the server knows."""

    caller: Caller
    subjects: Subjects

    def etag(self, raw: bytes) -> str:
        """The ETag of the answer to a request. Raises Refused where there is none."""
        _, head, _ = self.caller.ask(raw)
        found = next((value for name, value in head if name.lower() == "etag"), None)
        if found is None:
            raise Refused("the answer has no ETag")
        return found


Build = Callable[[Target], list[bytes]]
