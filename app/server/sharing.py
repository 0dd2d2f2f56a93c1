"""How many connections each server process has, for all of them to see.

A connection stays with the process that took it, and of many that come at once a process that is
awake takes all before another one gets a CPU: then half of the machine serves nobody. So who has
more than another leaves the next one to it, for a moment.
"""

import time
from mmap import mmap
from struct import Struct
from typing import Final

SLOTS: Final = 256  # server processes; those beyond share slots, which costs balance only
MORE: Final = 2  # connections that a process has to have more than another
PATIENCE_SECONDS: Final = 0.002  # that a connection waits at most for another process
STEP_SECONDS: Final = 0.0002
_NUMBER: Final = Struct("i")

# Anonymous memory, which the processes share since it is made before they are forked. A slot holds
# the number of connections and one; 0: nobody's.
_counts: Final = mmap(-1, SLOTS * _NUMBER.size)


class Share:
    """The share of one process; `number` tells it from the others."""

    def __init__(self, number: int) -> None:
        self._place = number % SLOTS * _NUMBER.size
        self._since: float | None = None

    def tell(self, connections: int) -> None:
        """So many are this process's."""
        _NUMBER.pack_into(_counts, self._place, connections + 1)

    def forget(self) -> None:
        """The process is gone."""
        _NUMBER.pack_into(_counts, self._place, 0)

    def leaves(self, connections: int) -> bool:
        """A connection that waits is to be left to another process, which has fewer than these.
        Waits for a moment then; not for ever, should that process be busy.
        """
        counts = [count for (count,) in _NUMBER.iter_unpack(_counts) if count]
        if connections + 1 < min(counts, default=0) + MORE:
            self._since = None
            return False
        now = time.monotonic()
        if self._since is None:
            self._since = now
        if now - self._since > PATIENCE_SECONDS:
            self._since = None
            return False
        time.sleep(STEP_SECONDS)
        return True
