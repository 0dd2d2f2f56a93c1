"""A memory of a process holds what was used lately, and no more than its room."""

from app.queries.remembered import Remembered

ROOM, SIZE = 1_000, 100


def test_what_is_used_stays_and_what_is_not_goes() -> None:
    memory: Remembered[int] = Remembered(ROOM)
    memory.put("used", 1, SIZE)
    memory.put("unused", 2, SIZE)
    for number in range(ROOM // SIZE):
        memory.put(number, number, SIZE)
        assert memory.get("used") == 1
    assert memory.get("unused") is None


def test_a_value_that_is_replaced_takes_its_room_once() -> None:
    memory: Remembered[int] = Remembered(ROOM)
    memory.put("other", 0, SIZE)
    for number in range(100):
        memory.put("busy", number, SIZE)
    assert (memory.get("busy"), memory.get("other")) == (99, 0)


def test_what_is_too_big_for_half_of_the_room_is_not_kept() -> None:
    memory: Remembered[int] = Remembered(ROOM)
    memory.put("big", 1, ROOM // 2 + 1)
    assert memory.get("big") is None
