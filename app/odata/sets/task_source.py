"""Tasks as a source: a task can be made done, and many tasks at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.access import Viewer
from app.errors import DomainError, Invalid, ItemError
from app.odata.engine.edm import EntityType
from app.odata.engine.source import Given, Key
from app.odata.sets.spec import SetSpec
from app.odata.sets.store import StoreSource, neutral
from app.odata.sets.tasks import add_task
from app.queries import identities
from app.services.commands import AddTask, AddTaskBatch, EditTask, TaskChanges


class TaskSource(StoreSource):
    """The set Task."""

    def __init__(self, spec: SetSpec, kind: EntityType, note_type: EntityType) -> None:
        super().__init__(spec, kind)
        self.note_type = note_type

    def create(self, given: Given, caller: Viewer) -> Key:
        """Make a task; a done one is made and completed."""
        key = super().create(given, caller)
        if given.values.get("IsDone"):
            self._complete([self.id_of(key, caller)], caller)
        return key

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
        done = [task for task, item in zip(ids, items, strict=True) if item.get("IsDone")]
        self._complete(done, viewer)
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

    def _complete(self, ids: Sequence[int], viewer: Viewer) -> None:
        for task_id in ids:
            changed = EditTask(task_id=task_id, changes=TaskChanges(), allow_update=True, done=True)
            self.run(changed, viewer)
