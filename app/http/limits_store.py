"""Counters that the processes of one server share: a storage for the library `limits`, which has
none between the memory of a single process and a server of its own such as Redis.

The counters lie in anonymous shared memory that is mapped before the server forks its workers, as
gunicorn does with preload_app. The room is fixed: a table of buckets with eight places each. A key
has one bucket. Where all eight places are taken, the one with the smallest count is given away, so
that a flood of new addresses can make the table forget those that asked least, never grow it.

A record lock of POSIX keeps processes apart. The kernel takes it from a process that dies, however
it dies. What a killed process left half written is one counter of one window. Within a process,
where such a lock does not hold, a lock of threads does the same.
"""

import fcntl
import os
import struct
import tempfile
import threading
import weakref
from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import blake2b
from mmap import mmap
from secrets import token_bytes

from limits.storage import Storage

PLACES = 8  # of a bucket
BUCKETS = 4096
KNOWN = 1024  # names of keys that a process need not work out again
NAME = 16  # bytes of a key's digest
COUNTER = struct.Struct("=dQ")  # when the window ends, how many came in it
NAMES = PLACES * NAME
BUCKET = NAMES + PLACES * COUNTER.size


class SharedStorage(Storage):
    """Fixed windows counted in shared memory; `now` tells the time in seconds."""

    STORAGE_SCHEME = ["tandem"]

    def __init__(self, now: Callable[[], float], buckets: int = BUCKETS) -> None:
        super().__init__()
        self._now = now
        self._memory = mmap(-1, buckets * BUCKET)
        # Nobody outside can choose keys that fall into one bucket.
        self._named = lru_cache(KNOWN)(partial(_named, token_bytes(16), buckets))
        self._lock = _Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong: the lock."""
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count for a key, in a window of `expiry` seconds that begins with the first; gives the
        count.
        """
        return self.counted(key, expiry, amount)[0]

    def counted(self, key: str, expiry: float, amount: int = 1) -> tuple[int, float]:
        """As incr; gives also how many seconds the window still lasts."""
        name, start = self._named(key)
        with self._lock:
            now = self._now()
            found = self._found(name, start)
            ends, count = COUNTER.unpack_from(self._memory, found) if found else (0.0, 0)
            # A window that ends later than one that begins now was counted under another clock.
            if not now < ends <= now + expiry:
                ends, count = now + expiry, 0
            place = found or self._taken(name, start, now)
            COUNTER.pack_into(self._memory, place, ends, count + amount)
        return count + amount, ends - now

    def get(self, key: str) -> int:
        """The count of a key's present window. Reads without the lock: at worst it sees the count
        of a moment ago.
        """
        ends, count = self._counter(key)
        return count if ends > self._now() else 0

    def get_expiry(self, key: str) -> float:
        """When the key's window ends; now, if it has none."""
        return max(self._counter(key)[0], self._now())

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        with self._lock:
            self._memory[:] = bytes(len(self._memory))
        return None

    def clear(self, key: str) -> None:
        """Forget a key."""
        name, start = self._named(key)
        with self._lock:
            found = self._found(name, start)
            if found:
                COUNTER.pack_into(self._memory, found, 0.0, 0)

    def _counter(self, key: str) -> tuple[float, int]:
        found = self._found(*self._named(key))
        return COUNTER.unpack_from(self._memory, found) if found else (0.0, 0)

    def _found(self, name: bytes, start: int) -> int:
        """Where the key's counter lies in the bucket that starts there; 0: it has none."""
        at = self._memory.find(name, start, start + NAMES)
        while at >= 0 and (at - start) % NAME:  # across two names
            at = self._memory.find(name, at + 1, start + NAMES)
        return _counter_of((at - start) // NAME, start) if at >= 0 else 0

    def _taken(self, name: bytes, start: int, now: float) -> int:
        """Take a place in the bucket: one whose window is over, else that of the smallest count."""

        def worth(place: int) -> int:
            ends, count = COUNTER.unpack_from(self._memory, _counter_of(place, start))
            return int(count) if ends > now else -1

        place = min(range(PLACES), key=worth)
        at = start + place * NAME
        self._memory[at : at + NAME] = name
        return _counter_of(place, start)


class _Lock:
    """Held by one thread of one process at a time."""

    def __init__(self) -> None:
        self._threads = threading.Lock()
        self._file = _nameless_file()
        weakref.finalize(self, os.close, self._file)

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        finally:
            self._threads.release()


def _named(secret: bytes, buckets: int, key: str) -> tuple[bytes, int]:
    """A key's name, and where its bucket starts."""
    name = blake2b(key.encode(), digest_size=NAME, key=secret).digest()
    return name, int.from_bytes(name[:4]) % buckets * BUCKET


def _counter_of(place: int, start: int) -> int:
    return start + NAMES + place * COUNTER.size


def _nameless_file() -> int:
    """A file to lock that nobody else can open: in memory on Linux, where no folder has to be
    writable for it.
    """
    if hasattr(os, "memfd_create"):
        return os.memfd_create("tandem-limits")
    descriptor, path = tempfile.mkstemp()
    os.unlink(path)
    return descriptor
