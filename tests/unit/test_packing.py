"""Texts are kept small, and come back as they were, whoever packs them."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from sys import getsizeof

from app.queries.packing import SAMPLE, Packer

THREADS, EACH = 8, 400


def text(number: int) -> bytes:
    """A text like others."""
    return b'{"id":"%d","content":"Task %d","project-name":"Refit","completed":false}' % (
        number,
        number * 7,
    )


def test_the_first_texts_stay_and_make_the_dictionary() -> None:
    packer = Packer()
    first = [packer.packed(text(number)) for number in range(SAMPLE)]
    assert first == [text(number) for number in range(SAMPLE)]
    later = packer.packed(text(4711))
    assert len(later) < len(text(4711)) / 2
    assert packer.unpacked(later) == text(4711)
    assert packer.unpacked(first[0]) == text(0)


def test_threads_pack_at_once() -> None:
    packer = Packer()

    def pack(thread: int) -> bool:
        numbers = range(thread * EACH, (thread + 1) * EACH)
        kept = [packer.packed(text(number)) for number in numbers]
        return all(
            packer.unpacked(each) == text(number)
            for each, number in zip(kept, numbers, strict=True)
        )

    with ThreadPoolExecutor(THREADS) as threads:
        assert all(threads.map(pack, range(THREADS)))
    assert len(packer.packed(text(1))) < len(text(1)) / 2, "the dictionary was made"


def test_what_is_packed_takes_no_more_room_than_it_says() -> None:
    """Compressors make room for the worst; what is left over is not kept."""
    packer = Packer()
    texts = [text(number) * 20 for number in range(1_000)]
    for each in texts[:SAMPLE]:
        packer.packed(each)
    tracemalloc.start()
    try:
        packed = [packer.packed(each) for each in texts]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    said = sum(map(getsizeof, packed)) + getsizeof(packed)
    assert taken < 1.2 * said
    assert [packer.unpacked(each) for each in packed] == texts
