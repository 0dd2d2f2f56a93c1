"""Tags on tasks: named freely, made on first use, shared by the account."""

import zlib
from collections.abc import Sequence

from sqlalchemy import select

from app.models import Tag, TaskTag
from app.services.statements import Look, among_texts_bound
from app.services.work import Work

PALETTE = (0xB1DA34, 0xA9C3F9, 0xF78234, 0x9E6957, 0x53C944, 0xD84640, 0x2F8DE4, 0x99DF72)


def color_of(name_key: str) -> int:
    """The colour that a new tag gets: the same name always the same one."""
    return PALETTE[zlib.crc32(name_key.encode()) % len(PALETTE)]


def tag_ids(work: Work, names: Sequence[str]) -> list[int]:
    """The ids of tags by name, in any case; unknown ones are made."""
    by_key = {name.casefold(): name for name in reversed(names)}
    if not by_key:
        return []
    found = known(work, list(by_key))
    missing = sorted(set(by_key) - set(found))
    work.insert_links(
        Tag,
        (
            {
                "name": by_key[key],
                "name_key": key,
                "color": color_of(key),
                "created_at": work.now,
                "changed_at": work.now,
            }
            for key in missing
        ),
    )
    found = known(work, list(by_key)) if missing else found
    return [found[key] for key in by_key]


def known(work: Work, keys: Sequence[str]) -> dict[str, int]:
    """The ids of the tags that there are of these folded names."""
    return {row.name_key: row.id for row in work.all(_BY_NAME, texts=keys)} if keys else {}


_BY_NAME = Look(
    lambda engine, _: select(Tag.name_key, Tag.id).where(among_texts_bound(engine)(Tag.name_key))
)


def set_tags(work: Work, task_id: int, ids: Sequence[int], *, fresh: bool = False) -> None:
    """Make these the tags of a task; a fresh one has none."""
    if not fresh:
        work.clear(TaskTag, task_id=task_id)
    work.insert_links(TaskTag, ({"task_id": task_id, "tag_id": tag} for tag in ids))
