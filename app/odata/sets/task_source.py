"""Tasks as a source: many can be made at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.access import Viewer
from app.errors import DomainError, Invalid, ItemError
from app.odata.engine.edm import EntityType
from app.odata.engine.source import Key
from app.odata.sets.spec import SetSpec
from app.odata.sets.store import StoreSource, neutral
from app.odata.sets.tasks import add_task
from app.queries import identities
from app.services.commands import AddTask, AddTaskBatch


class TaskSource(StoreSource):
    """The set Task."""

    def __init__(self, spec: SetSpec, kind: EntityType, note_type: EntityType) -> None:
        super().__init__(spec, kind)
        self.note_type = note_type

    def create_all(self, items: Sequence[Mapping[str, Any]], viewer: Viewer) -> tuple[Key, ...]:
        """Make many tasks, all or none. Raises ItemError for the first that is refused."""
        if not items:
            return ()
        sent = self._neutral(items, viewer)
        for each, item in zip(sent, items, strict=True):
            if item.get("TaskItemId") is not None:
                each["uid"] = item["TaskItemId"]
        commands: tuple[AddTask, ...] = tuple(add_task(each) for each in sent)
        ids = self.run(AddTaskBatch(commands), viewer)
        for task_id, each in zip(ids, sent, strict=True):
            more = self.spec.then(task_id, each)
            if more is not None:
                self.run(more, viewer)
        return tuple((uid,) for uid in identities.uids_of(self.spec.catalogue, ids, viewer))

    def _neutral(self, items: Sequence[Mapping[str, Any]], viewer: Viewer) -> list[dict[str, Any]]:
        try:
            return neutral(self.spec, items, viewer)
        except Invalid as error:
            raise ItemError(self._first_refused(items, viewer), error) from None

    def _first_refused(self, items: Sequence[Mapping[str, Any]], viewer: Viewer) -> int:
        """Which body names something unknown: asked only once it is known that one does."""
        for index, item in enumerate(items):
            try:
                neutral(self.spec, [item], viewer)
            except DomainError:
                return index
        return 0
