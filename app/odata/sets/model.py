"""InLoox's model and what stands behind it, put together (decision 34)."""

from dataclasses import dataclass

from app.odata.engine.edm import EntitySet, EntityType, Model, Operation
from app.odata.engine.source import Handler, Source
from app.odata.operations.declare import Declared
from app.odata.operations.tasks import (
    ACTION_RESULT,
    CALENDAR_STATUS,
    CONTRIBUTOR,
    TaskOperations,
)
from app.odata.operations.templates import template_operations
from app.odata.sets import board, fields, people, projects, work
from app.odata.sets.audit import AUDIT_ENTRY, AuditSource
from app.odata.sets.documents import DocumentSource
from app.odata.sets.dynamic import DynamicSource
from app.odata.sets.dynamic_properties import DYNAMIC_TASK
from app.odata.sets.fields import FieldSource, FieldValueSource
from app.odata.sets.spec import SetSpec
from app.odata.sets.store import StoreSource
from app.odata.sets.task_source import TaskSource
from app.odata.sets.tasks import TASK
from app.storage import FileStore

SPECS: tuple[SetSpec, ...] = (
    TASK,
    board.TASK_NOTE,
    board.TASK_STATUS,
    board.TASK_TEMPLATE,
    DYNAMIC_TASK,
    projects.PROJECT,
    people.CONTACT,
    people.ACCOUNT_INFO,
    projects.GROUP,
    projects.PLANNING,
    projects.RISK,
    work.DOCUMENT,
    work.TIME_ENTRY,
    work.USER_STOPWATCH,
    work.CHECK_LIST,
    work.CHECK_LIST_ITEM,
    fields.FIELD_DEFINITION,
    fields.FIELD_VALUE,
    AUDIT_ENTRY,
)
TYPES: dict[str, EntityType] = {each.name: each.entity_type() for each in SPECS}
WRITTEN_OTHERWISE = ("CustomField",)  # its source says how


@dataclass(frozen=True, slots=True)
class Parts:
    """What the service is made of."""

    model: Model
    sources: dict[str, Source]
    handlers: dict[Operation, Handler]


def _entity_set(spec: SetSpec) -> EntitySet:
    free = spec.name in WRITTEN_OTHERWISE
    return EntitySet(
        spec.name,
        TYPES[spec.name],
        bindings=spec.bindings,
        insertable=free or spec.add is not None,
        updatable=free or spec.edit is not None,
        deletable=free or spec.drop is not None,
        searchable=bool(spec.catalogue.searched),
    )


def _source(spec: SetSpec, files: FileStore, limit: int) -> Source:
    kind = TYPES[spec.name]
    match spec.name:
        case "Task":
            return TaskSource(spec, kind, TYPES["TaskItemNote"])
        case "DynamicTaskItem":
            return DynamicSource(spec, kind)
        case "Document":
            return DocumentSource(spec, kind, files, limit)
        case "CustomFieldDefinition":
            return FieldSource(spec, kind)
        case "CustomField":
            return FieldValueSource(spec, kind)
        case "AuditEntry":
            return AuditSource(spec, kind)
    return StoreSource(spec, kind)


def build(files: FileStore, max_upload: int) -> Parts:
    """The model, its sources and its operations. `max_upload` in bytes."""
    sources = {each.name: _source(each, files, max_upload) for each in SPECS}
    tasks = sources["Task"]
    assert isinstance(tasks, TaskSource)
    operations = TaskOperations(tasks, TYPES["Contact"], TYPES["UserStopwatch"])
    declared: tuple[Declared, ...] = (
        *operations.declared(TYPES["Task"]),
        *template_operations(TYPES["TaskItemTemplate"], TYPES["Task"]),
    )
    model = Model(
        container_namespace="Default",
        container="Container",
        entity_types=tuple(TYPES.values()),
        complex_types=(CONTRIBUTOR, CALENDAR_STATUS, ACTION_RESULT),
        operations=tuple(operation for operation, _ in declared),
        entity_sets=tuple(_entity_set(each) for each in SPECS),
        default_namespace="Default",
    )
    return Parts(model, sources, dict(declared))
