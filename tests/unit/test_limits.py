"""Counters in shared memory, whom a request is counted for, and what limits may be set."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from limits import parse
from limits.storage import MemoryStorage, Storage

from app.clock import clock
from app.config import BadSetting, Settings, read
from app.http.credentials import address_of
from app.http.limits import Counter, Limits, Window, now
from app.http.limits_store import PLACES, SharedStorage
from app.services.lifetimes import ending
from tests.api import basic

NOW = datetime(2014, 5, 12, 10, tzinfo=UTC)
KEY = "tnd_" + "a" * 64


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    """The clock stands at NOW."""
    clock.fix(NOW)
    yield
    clock.fix(None)


def later(seconds: float) -> None:
    """Move the clock to so many seconds after NOW."""
    clock.fix(NOW + timedelta(seconds=seconds))


def test_a_window_begins_with_the_first_and_ends_after_its_seconds() -> None:
    store = SharedStorage(now)
    assert [store.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert store.incr("b", 60) == 1
    later(59.9)
    assert (store.get("a"), store.get_expiry("a")) == (3, NOW.timestamp() + 60)
    later(60)
    assert (store.get("a"), store.get_expiry("a")) == (0, NOW.timestamp() + 60)
    assert (store.incr("a", 60), store.get_expiry("a")) == (1, NOW.timestamp() + 120)
    store.clear("a")
    assert (store.get("a"), store.get("b"), store.check()) == (0, 0, True)
    store.incr("a", 60)
    store.reset()
    assert store.get("a") == 0


def test_a_clock_that_was_set_back_leaves_nobody_in_a_window_without_end() -> None:
    store = SharedStorage(now)
    later(3600)
    store.incr("a", 60)
    later(0)
    assert store.incr("a", 60) == 1


def test_a_full_bucket_gives_away_what_is_over_and_then_what_counted_least() -> None:
    store = SharedStorage(now, buckets=1)
    store.incr("short", 1)
    for number in range(PLACES - 1):
        for _ in range(number + 2):
            store.incr(f"key {number}", 60)
    later(1)
    store.incr("new", 60)  # takes the place of the one that is over
    assert [store.get(f"key {number}") for number in range(7)] == [2, 3, 4, 5, 6, 7, 8]
    store.incr("newer", 60)  # and this one of the one that counted least
    assert (store.get("new"), store.get("newer"), store.get("key 0")) == (0, 1, 2)


def test_a_flood_takes_no_more_room_and_leaves_those_who_asked_much() -> None:
    store = SharedStorage(now, buckets=16)
    for _ in range(50):
        store.incr("busy", 60)
    for number in range(2_000):
        store.incr(f"address {number}", 60)
    assert store.get("busy") == 50


def in_children(count: int, task: Callable[[], object]) -> list[int]:
    """Run a task in forked processes; gives their statuses."""
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            try:
                task()
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    return [os.waitpid(child, 0)[1] for child in children]


def test_processes_count_together_and_lose_nothing() -> None:
    store = SharedStorage(now)

    def count() -> None:
        for _ in range(2_000):
            store.incr("a", 60)

    assert in_children(4, count) == [0, 0, 0, 0]
    assert store.get("a") == 8_000


def test_a_process_that_is_killed_while_it_holds_the_lock_holds_up_nobody() -> None:
    store = SharedStorage(now)

    def die() -> None:
        with store._lock:
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_children(1, die) == [signal.SIGKILL]
    assert store.incr("a", 60) == 1
    assert in_children(1, lambda: store.incr("a", 60)) == [0]
    assert store.get("a") == 2


STORES: dict[str, Callable[[], Storage]] = {
    "ours": lambda: SharedStorage(now),
    "the library's": MemoryStorage,
}


def test_a_store_that_fails_stops_nobody_and_is_left_alone_for_a_while() -> None:
    asked: list[str] = []

    class Away(SharedStorage):
        """A store that cannot be reached."""

        STORAGE_SCHEME = ["away"]

        def counted(self, key: str, expiry: float, amount: int = 1) -> tuple[int, float]:
            """Fail."""
            asked.append(key)
            raise ConnectionError

    counter = Counter("rate", parse("2/minute"), Away(now))
    assert [counter.add("x") for _ in range(3)] == [(0, 60)] * 3
    assert asked == ["tandem/rate/x"]
    later(5)
    counter.add("x")
    assert len(asked) == 2


@pytest.mark.parametrize("made", STORES.values(), ids=list(STORES))
def test_what_is_left_of_a_window(made: Callable[[], Storage]) -> None:
    clock.fix(None)
    counter = Counter("rate", parse("2/minute"), made())
    first, second = counter.add("x"), counter.add("x")
    assert (first[0], second[0], counter.look("x")[0]) == (1, 2, 2)
    assert all(58 <= each[1] <= 60 for each in (first, second))
    assert counter.look("y")[0] == 0


def limits(**settings: str) -> Limits:
    """Limits of two requests a minute unless said."""
    return Limits(Settings(**({"rate_limit": "2/minute", "key_tries": "0"} | settings)))


def asked(given: Limits, headers: dict[str, str], *, or_password: bool = False) -> Window:
    """A request from 192.0.2.1 with these headers is counted."""
    environ: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.1"}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": each for name, each in headers.items()}
    window = given.window(environ, or_password=or_password)
    assert window is not None
    return window


def test_three_requests_where_two_may_be() -> None:
    given = limits()
    assert [asked(given, basic(KEY)) for _ in range(3)] == [
        Window(2, 1, 60),
        Window(2, 0, 60),
        Window(2, 0, 60, refused=True),
    ]
    assert not asked(given, {}).refused
    later(45.5)
    assert asked(given, basic(KEY)) == Window(2, 0, 15, refused=True)
    later(60)
    assert asked(given, basic(KEY)) == Window(2, 1, 60)


OTHER = "tnd_" + "b" * 64
FIXED = "twp_fixed-by-the-operator"
# Two requests: whether one is counted with the other, in Teamwork's dialect and in OData.
TOGETHER: dict[str, tuple[dict[str, str], dict[str, str], bool, bool]] = {
    "the same key": (basic(KEY), {"x-api-key": KEY}, True, True),
    "the same key as Bearer": (basic(KEY), {"Authorization": f"Bearer {KEY}"}, True, True),
    "another key": (basic(KEY), basic(OTHER), False, False),
    "a key with other passwords": (basic(KEY, "x"), basic(KEY, "y"), True, True),
    "a password with other users": (basic("x", KEY), basic("y", KEY), False, True),
    "other passwords of a user": (basic("x", KEY), basic("x", OTHER), True, False),
    "a user's name cannot be used up": (basic("x", KEY), basic("x", "guess"), True, False),
    "a fixed key": (basic(FIXED, "x"), basic(FIXED, "x"), True, True),
    "a fixed key cannot be used up": (basic("x", FIXED), basic("x", "guess"), True, False),
    "no key": ({}, {}, True, True),
    "a key of too many signs": ({}, {"x-api-key": "k" * 201}, True, True),
}


@pytest.mark.parametrize(("one", "two", "teamwork", "odata"), TOGETHER.values(), ids=list(TOGETHER))
def test_whom_a_request_is_counted_for(
    one: dict[str, str], two: dict[str, str], teamwork: bool, odata: bool
) -> None:
    for together, or_password in ((teamwork, False), (odata, True)):
        given = limits()
        asked(given, one, or_password=or_password)
        assert asked(given, two, or_password=or_password).left == (0 if together else 1)


ADDRESSES: dict[str, tuple[str, str, int, str]] = {
    "an address": ("192.0.2.1", "", 0, "192.0.2.1"),
    "what anybody can write": ("192.0.2.1", "198.51.100.7", 0, "192.0.2.1"),
    "behind a proxy": ("10.0.0.1", "198.51.100.7", 1, "198.51.100.7"),
    "behind a proxy, with lies": ("10.0.0.1", "1.1.1.1, 198.51.100.7", 1, "198.51.100.7"),
    "behind two": ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", 2, "198.51.100.7"),
    "past the proxy": ("10.0.0.1", "198.51.100.7", 2, "10.0.0.1"),
    "a network of IPv6": ("2001:db8::1:2:3:4", "", 0, "2001:db8::/64"),
    "with a zone": ("fe80::1%eth0", "", 0, "fe80::/64"),
    "IPv4 in IPv6": ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
    "a socket in the file system": ("", "", 0, ""),
    "nonsense": ("10.0.0.1", "x" * 1000, 1, "x" * 64),
}


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"), ADDRESSES.values(), ids=list(ADDRESSES)
)
def test_where_a_request_comes_from(
    remote: str, forwarded: str, proxies: int, address: str
) -> None:
    environ = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    assert address_of(environ, proxies) == address


@pytest.mark.parametrize("text", ["", "0"])
def test_no_limit(text: str) -> None:
    assert limits(rate_limit=text).window({"REMOTE_ADDR": "x"}, or_password=False) is None
    assert limits(key_tries=text).tries is None


BAD = {
    "TANDEM_RATE_LIMIT": ("150", "many", "0/minute", "1/minute;2/hour", "-1/minute", "5/fortnight"),
    "TANDEM_KEY_TRIES": ("20", "0/hour"),
    "TANDEM_RATE_STATUS": ("503", "4000"),
    "TANDEM_RATE_STORE": ("nowhere", "http://localhost", "async+redis://localhost"),
    "TANDEM_TRUSTED_PROXIES": ("-1", "one"),
}


@pytest.mark.parametrize("name", BAD)
def test_settings_that_cannot_be_read(name: str) -> None:
    for value in BAD[name]:
        with pytest.raises(BadSetting, match=name):
            read({name: value})


ENDINGS = {
    "90d": "2014-08-10T10:00:00",
    "24H": "2014-05-13T10:00:00",
    " 30m ": "2014-05-12T10:30:00",
    "2014-05-12": "2014-05-12T22:00:00",  # until the day is over in Berlin
    "20140513": "2014-05-13T22:00:00",
    "2014-05-12T10:00:01": "2014-05-12T10:00:01",
    "2014-05-12T13:00:00+02:00": "2014-05-12T11:00:00",
}


@pytest.mark.parametrize(("text", "end"), ENDINGS.items())
def test_how_long_a_key_lasts(text: str, end: str) -> None:
    assert ending(text, NOW, "Europe/Berlin").isoformat() == f"{end}+00:00"


@pytest.mark.parametrize(
    "text",
    ["", "d", "90", "-1d", "0d", "1y", "2014-05-11", "2014-02-30", "2014-05-12T10:00:00", "soon"]
    + ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59-23:00", "٣d"],
)
def test_ends_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ending(text, NOW, "Europe/Berlin")


def test_a_span_beyond_the_calendar_is_a_hundred_years() -> None:
    assert ending("99999999d", NOW, "UTC").year == 2114
