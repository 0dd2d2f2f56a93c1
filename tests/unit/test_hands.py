"""The threads of a server process: one works, another one helps out while that is at a long job."""

from collections.abc import Callable, Iterator
from threading import Event, current_thread

import pytest

from app.server.hands import Hands
from tests.torture.processes import until


@pytest.fixture
def hands() -> Iterator[Hands]:
    """One thread that works and two that stand by."""
    made = Hands(3, at_once=1)
    yield made
    made.shutdown()


def name_of(into: list[str]) -> Callable[[], None]:
    return lambda: into.append(current_thread().name)


def held(by: Event) -> tuple[Event, Callable[[], None]]:
    """A job that lasts until the event, and what tells that it has begun."""
    begun = Event()

    def job() -> None:
        begun.set()
        assert by.wait(30)

    return begun, job


def done_by_now(hands: Hands, done: list[str], count: int) -> bool:
    hands.look()  # as the main loop does in each of its turns
    return len(done) >= count


def test_one_thread_works_while_jobs_are_short(hands: Hands) -> None:
    done: list[str] = []
    for _ in range(200):
        hands.do(name_of(done))
    until(lambda: len(done) == 200, "all jobs")
    assert set(done) == {"hand-0"}


def test_others_help_out_while_those_before_are_at_long_jobs(hands: Hands) -> None:
    first, second, done = Event(), Event(), list[str]()
    try:
        begun, job = held(first)
        hands.do(job)
        assert begun.wait(30)
        for _ in range(3):
            hands.do(name_of(done))
        until(lambda: done_by_now(hands, done, 3), "jobs behind a long one")
        assert set(done) == {"hand-1"}
        begun, job = held(second)
        hands.do(job)
        until(lambda: done_by_now(hands, [""] * begun.is_set(), 1), "a second long one")
        hands.do(name_of(done))
        until(lambda: done_by_now(hands, done, 4), "a job behind two long ones")
        assert done[-1] == "hand-2"
    finally:
        first.set()
        second.set()

    def by_the_first() -> bool:
        before = len(done)
        hands.do(name_of(done))
        until(lambda: done_by_now(hands, done, before + 1), "a job afterwards")
        return done[-1] == "hand-0"

    until(lambda: all(by_the_first() for _ in range(20)), "the first works alone again")


def test_the_end_waits_for_all_that_was_given() -> None:
    hands, done = Hands(3, at_once=1), list[str]()
    for _ in range(50):
        hands.do(name_of(done))
    hands.shutdown()
    assert len(done) == 50


def test_the_end_comes_while_another_helps_out() -> None:
    hands, release, done = Hands(2, at_once=1), Event(), list[str]()
    begun, job = held(release)
    hands.do(job)
    assert begun.wait(30)
    hands.do(name_of(done))
    until(lambda: done_by_now(hands, done, 1), "a job behind a long one")
    hands.shutdown(wait=False)
    release.set()
    hands.shutdown()


def test_a_job_that_fails_does_not_end_its_thread() -> None:
    hands, done = Hands(1), list[str]()

    def fail() -> None:
        raise ZeroDivisionError

    hands.do(fail)
    hands.do(lambda: done.append("next"))
    hands.shutdown()
    assert done == ["next"]
