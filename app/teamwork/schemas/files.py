"""Files: the payload (facts 2.1 "Files") and request bodies."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from app.errors import Invalid
from app.http.payload import TEXT, JsonType, Plan, array_of, object_of
from app.queries.catalogues.documents import DOCUMENTS, Version
from app.queries.values import TaskName
from app.services.logbook_commands import AddFiles, AddFileVersion, AttachFiles
from app.services.markup import text_of
from app.services.neighbour_commands import EditDocument
from app.services.task_values import text_to_html
from app.teamwork.schemas.fields import (
    DIGITS,
    Constant,
    Flag,
    IdText,
    Plain,
    ShapedField,
    Stamp,
    TeamworkSchema,
)
from app.teamwork.schemas.inputs import REFUSED, Id, RequestSchema, Text, Texts, envelope
from app.teamwork.schemas.task_fields import Tags

MAX_NAME, MAX_TEXT = 255, 65_536

# Names of the core as these bodies spell them.
SPELLED = {"description_html": "description"}


class TextOfHtml(Plain):
    """What HTML says."""

    def render_all(self, values: Sequence[Any]) -> Sequence[Any]:
        return [text_of(value) if value else "" for value in values]

    def render(self, value: str) -> str:
        return text_of(value)


class Versions(ShapedField):
    """Earlier versions, the newest first."""

    json_type = array_of(
        object_of(
            **{
                "id": DIGITS,
                "version": DIGITS,
                "name": TEXT,
                "originalName": TEXT,
                "size": DIGITS,
                "uploaded-date": Stamp.json_type,
                "uploaded-by-userId": DIGITS,
                "uploaded-by-user-first-name": TEXT,
                "uploaded-by-user-last-name": TEXT,
            }
        )
    )

    def render(self, value: Sequence[Version]) -> list[dict[str, str]]:
        return [
            {
                "id": str(each.id),
                "version": str(each.revision),
                "name": each.name,
                "originalName": each.name,
                "size": str(each.size),
                "uploaded-date": each.uploaded_at.isoformat()[:19] + "Z",
                "uploaded-by-userId": str(each.creator_id),
                "uploaded-by-user-first-name": each.first_name,
                "uploaded-by-user-last-name": each.last_name,
            }
            for each in value
        ]


class Carriers(ShapedField):
    """The tasks that carry the file."""

    json_type = array_of(object_of(taskId=DIGITS, title=TEXT, type=TEXT))

    def render(self, value: Sequence[TaskName]) -> list[dict[str, str]]:
        return [{"taskId": str(each.id), "title": each.name, "type": "task"} for each in value]


class File(TeamworkSchema):
    """A file as lists show it. Ids are strings in both shapes."""

    facet_names = frozenset(DOCUMENTS.facets)

    id = IdText("id", "id")
    name = Plain("name", "name")
    original_name = Plain("originalName", "name")
    on_disk = Plain("filenameOnDisk", "name")
    description = TextOfHtml("description", "description_html")
    size = IdText("size", "size")
    version = IdText("version", "revision")
    version_id = IdText("version-id", "id")
    versions = Versions("versions", "versions", absent=[])
    private = Constant("private", "0")
    status = Constant("status", "active")
    source = Constant("file-source", "teamworkpm")
    uploaded = Stamp("uploaded-date", "uploaded_at")
    changed = Stamp("last-changed-on", "changed_at")
    uploader_id = IdText("uploaded-by-userId", "uploader_id")
    uploader_first = Plain("uploaded-by-user-first-name", "uploader.first_name", absent="")
    uploader_last = Plain("uploaded-by-user-last-name", "uploader.last_name", absent="")
    project_id = IdText("project-id", "project_id")
    category_id = Constant("category-id", "")
    category_name = Constant("category-name", "")
    comments = Constant("comments-count", "0")
    read_comments = Constant("read-comments-count", "0")
    tags = Tags("tags", "tags", absent=[])
    can_upload = Flag("can-upload-new-version", "can_edit")


class OneFile(File):
    """A file by itself; `download-URL` gives its bytes to who has a key."""

    added_members: ClassVar[Mapping[str, JsonType]] = {"download-URL": TEXT}

    project_name = Plain("project-name", "project.name", absent="")
    latest = IdText("latest-version", "revision")
    is_latest = Constant("isLatestVersion", True)
    can_edit = Flag("canEdit", "can_edit")
    can_delete = Flag("canDelete", "can_edit")
    related = Carriers("related-items", "carriers", absent=[])


def _object(schema: TeamworkSchema) -> JsonType:
    """The JSON Schema of a payload within another."""
    fields: Any = schema.dump_fields.values()
    return object_of(**{field.data_key: field.json_schema() for field in fields})


class FilesOfProject(TeamworkSchema):
    """Files within their project: how lists of files answer. The view makes it."""

    added_members: ClassVar[Mapping[str, JsonType]] = {
        "id": DIGITS,
        "name": TEXT,
        "company": TEXT,
        "files": array_of(_object(File())),
    }


_KEYS = {name: facet.key for name, facet in DOCUMENTS.facets.items()}
LISTED = Plan(File(), _KEYS)
ONE = Plan(OneFile(), _KEYS)


class TaskFilesBody(RequestSchema):
    """Uploads for a task."""

    refs = Texts(100, data_key="pendingFileAttachments", aliases=("pendingFileRef",))


class FileBody(RequestSchema):
    """A file to change."""

    name = Text(MAX_NAME, cleared=REFUSED)
    description = Text(MAX_TEXT)


class NewFileBody(FileBody):
    """Uploads that become files of a project. `category-id` is taken, and kept nowhere."""

    refs = Texts(100, data_key="pendingFileRef", aliases=("pendingFileAttachments",))
    category = Id(data_key="category-id", zero=None)


class VersionBody(RequestSchema):
    """An upload that becomes the next version of a file."""

    ref = Text(100, data_key="pendingFileRef", cleared=REFUSED, required=True)
    description = Text(MAX_TEXT)


def attach_files(body: Mapping[str, Any], task_id: int) -> AttachFiles:
    """POST /tasks/{id}/files.json. Raises Invalid."""
    values = TaskFilesBody.read(envelope(body, "task"))
    return AttachFiles(task_id, _refs(values, "pendingFileAttachments"))


def add_files(body: Mapping[str, Any], project_id: int) -> AddFiles:
    """POST /projects/{id}/files.json. Raises Invalid."""
    values = NewFileBody.read(envelope(body, "file"))
    values.pop("category", None)
    values["refs"] = _refs(values, "pendingFileRef")
    return AddFiles(project_id=project_id, **values)


def _refs(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    refs: tuple[str, ...] = values.get("refs", ())
    if not refs:
        raise Invalid({name: "is missing: the reference of an upload"})
    return refs


def edit_file(body: Mapping[str, Any], file_id: int) -> EditDocument:
    """PUT /files/{id}.json. Raises Invalid."""
    values = FileBody.read(envelope(body, "file"))
    if "description" in values:
        values["description_html"] = text_to_html(values.pop("description"))
    return EditDocument(file_id=file_id, **values)


def add_version(body: Mapping[str, Any], file_id: int) -> AddFileVersion:
    """POST /files/{id}.json. Raises Invalid."""
    return AddFileVersion(file_id=file_id, **VersionBody.read(envelope(body, "fileversion")))
