"""Short writes that wait for a thread are carried out side by side, by the one that comes to the
first of them (ADR 0012).
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

MOST: Final = 8  # requests that go side by side
SECONDS: Final = 0.01  # after which none joins those that have begun

Answer = Callable[[Any], None]


class ShortWrites:
    """The short writes that wait in one process. `answer` answers the request of a connection and
    raises nothing.
    """

    def __init__(self, app: Any, answer: Answer) -> None:
        self._app = app
        self._answer = answer
        self._waiting: deque[Any] = deque()

    @classmethod
    def of(cls, app: Any, answer: Answer) -> "ShortWrites | None":
        """Those of an application; None: it has nothing to gain."""
        return cls(app, answer) if getattr(app, "short_writes", None) is not None else None

    def take(self, conn: Any) -> bool:
        """Whether a plain request is a short write; if so it waits from now on, and `carry_out` is
        to be called once more.
        """
        asked = conn.__dict__.get("asked")
        if asked is None or not self._app.is_short_write(asked.method, asked.path):
            return False
        self._waiting.append(conn)
        return True

    def carry_out(self) -> None:
        """Answer those that wait, if nobody has answered them meanwhile."""
        first = self._next()
        if first is not None and self._waiting:
            self._app.side_by_side(self._requests(first))
        elif first is not None:
            self._answer(first)

    def _requests(self, conn: Any) -> Iterator[Callable[[], None]]:
        until = time.monotonic() + SECONDS
        yield partial(self._answer, conn)
        for _ in range(MOST - 1):
            conn = self._next() if time.monotonic() < until else None
            if conn is None:
                return
            yield partial(self._answer, conn)

    def _next(self) -> Any:
        try:
            return self._waiting.popleft()
        except IndexError:
            return None
