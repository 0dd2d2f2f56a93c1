"""The Prefer header (Protocol 8.2.8, RFC 7240)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from app.odata.engine.headers.lists import REMEMBERED, members

_NUMBER: Final = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Prefer:
    """The preferences of a request. What was not said is None or False. `wait` is in seconds."""

    representation: str | None = None  # "representation" or "minimal"
    max_page_size: int | None = None
    continue_on_error: bool | None = None
    respond_async: bool = False
    allow_entity_references: bool = False
    include_annotations: str | None = None
    omit_values: str | None = None  # "nulls" or "defaults"
    track_changes: bool = False
    wait: int | None = None


@lru_cache(REMEMBERED)
def prefer(value: str | None) -> Prefer:
    """The preferences of a Prefer header; unknown ones and unreadable values do not count.

    Names are taken with and without `odata.`; a name without it goes before the same with it, and
    of a repeated preference the first counts (RFC 7240, 2).
    """
    plain: dict[str, Any] = {}
    prefixed: dict[str, Any] = {}
    for each in members(value or ""):
        name = each.name.lower()
        bare = name.removeprefix("odata.")
        if bare not in _READERS:
            continue
        into, read = _READERS[bare]
        answer = read(each.value)
        if answer is not None:
            (plain if bare == name else prefixed).setdefault(into, answer)
    return Prefer(**{**prefixed, **plain})


def _truth(text: str) -> bool | None:
    return {"": True, "true": True, "false": False}.get(text.lower())


def _positive(text: str) -> int | None:
    number = int(text) if _NUMBER.fullmatch(text) else 0
    return number or None


def _among(*known: str) -> Callable[[str], str | None]:
    return lambda text: text.lower() if text.lower() in known else None


_READERS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    "return": ("representation", _among("representation", "minimal")),
    # The spelling of version 3, which clients still use inside batches.
    "return-content": ("representation", lambda _: "representation"),
    "return-no-content": ("representation", lambda _: "minimal"),
    "maxpagesize": ("max_page_size", _positive),
    "continue-on-error": ("continue_on_error", _truth),
    "respond-async": ("respond_async", lambda _: True),
    "allow-entityreferences": ("allow_entity_references", lambda _: True),
    "include-annotations": ("include_annotations", lambda text: text or None),
    "omit-values": ("omit_values", _among("nulls", "defaults")),
    "track-changes": ("track_changes", lambda _: True),
    "wait": ("wait", _positive),
}
