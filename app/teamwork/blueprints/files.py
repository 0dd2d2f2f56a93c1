"""/pendingfiles.json: uploads, which become files of tasks and projects; /files/{id}…: the files
with their versions, and their bytes.
"""

import unicodedata
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from app.errors import Invalid, NotFound, TooLarge
from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.json import json_response
from app.http.operations import operation
from app.queries.catalogues.documents import DOCUMENTS, carried_by
from app.queries.catalogues.structure import PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_by_id, fetch_page
from app.queries.query import Query
from app.services.commands import AddPendingFile
from app.services.execute import execute
from app.services.neighbour_commands import DeleteDocument
from app.storage import Files, FileStore
from app.teamwork import envelope
from app.teamwork.carrying import carried
from app.teamwork.options import Option, number, read_options
from app.teamwork.schemas import files as schemas
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.schemas.spellings import whole
from app.teamwork.views import asked_page

files = Blueprint("files", __name__)


def read_size(text: str) -> int:
    """A number of bytes. Raises ValueError."""
    size = whole(text)
    if size < 0:
        raise ValueError
    return size


SECTION = "Files"
MAX_NAME = 255
FORM_OVERHEAD = 1 << 16
LIST: dict[str, Any] = {"project": schemas.FilesOfProject}
MADE: dict[str, Any] = {"id": "string", "fileIds": "string"}
WHICH = (
    replace(
        number("version", 1, "the version to download, the present one if left out"), default=None
    ),
)
ANNOUNCED = (
    Option("fileName", str, "text", None, "the name of the file; needed"),
    Option("fileSize", read_size, "a whole number from 0", None, "its size in bytes; needed"),
)
# What a browser may be told; it is not to guess, nor to show anything of it as a page of ours.
SAFE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
    "webp": "image/webp",
}
UNKNOWN = "application/octet-stream"
KINDS = sorted({UNKNOWN, *(kind.partition(";")[0] for kind in SAFE_TYPES.values())})


def store() -> Files:
    """Where this application keeps bytes."""
    return FileStore(current_app.config["TANDEM"].files_path)


@files.post("/pendingfiles.json")
@operation("Uploading files", answer={"pendingFile": "object"}, status=201)
def upload() -> Response:
    """Upload a file as the multipart field `file`; answers the reference to attach it by."""
    limit = int(current_app.config["TANDEM"].max_upload)
    request.max_content_length = limit + FORM_OVERHEAD
    sent = request.files.get("file")
    if sent is None:
        raise Invalid({"file": "is missing: send it as multipart/form-data"})
    kept = store().save(sent.stream, limit)
    command = AddPendingFile(_safe(sent.filename or ""), kept.size, kept.digest)
    ref = execute(command, current_viewer())
    return json_response({"pendingFile": {"ref": ref}, "STATUS": "OK"}, 201)


@files.get("/pendingfiles/presignedurl.json")
@operation("Uploading files", options=ANNOUNCED, answer={"ref": "string", "url": "string"})
def presign() -> Response:
    """Announce an upload: its bytes are PUT to `url` within an hour, without a key; then `ref` is
    attached as that of any other upload.
    """
    asked = read_options(ANNOUNCED, request.args)
    missing = [name for name, value in asked.items() if value is None]
    if missing:
        raise Invalid(dict.fromkeys(missing, "is missing"))
    settings, size = current_app.config["TANDEM"], asked["fileSize"]
    if size > int(settings.max_upload):
        raise TooLarge(f"The file is too large: up to {settings.max_upload} bytes")
    ref = execute(AddPendingFile(_safe(asked["fileName"]), size), current_viewer())
    response = envelope.ok(ref=ref, url=f"{settings.link}/uploads/{ref}")
    response.cache_control.no_store = True
    return response


@files.get("/tasks/<id:task_id>/files.json")
@operation(SECTION, options=PAGING, answer=LIST)
def files_of_task(task_id: int) -> Response:
    """The files that a task carries."""
    columns = ("id", "project_id")
    page = fetch_by_id(TASKS, task_id, columns, current_viewer(), facets=("project",))
    project = page.facets["project"].get(page.rows[0][1])
    if project is None:
        return _listed({"id": "", "name": "", "company": ""}, carried_by(task_id))
    shown = {"id": str(project.id), "name": project.name, "company": project.company_name}
    return _listed(shown, carried_by(task_id))


@files.post("/tasks/<id:task_id>/files.json")
@operation(SECTION, body=schemas.TaskFilesBody, wrapper="task", answer=MADE, status=201)
def attach(task_id: int) -> Response:
    """Put uploads on a task."""
    return _made(schemas.attach_files(read_object(request), task_id))


@files.get("/projects/<id:project_id>/files.json")
@operation(SECTION, options=PAGING, answer=LIST)
def files_of_project(project_id: int) -> Response:
    """The files of a project."""
    columns = ("id", "name", "company_name")
    page = fetch_by_id(PROJECTS, project_id, columns, current_viewer())
    _, name, company = page.rows[0]
    shown = {"id": str(project_id), "name": name, "company": company}
    return _listed(shown, DOCUMENTS.column("project_id") == project_id)


@files.post("/projects/<id:project_id>/files.json")
@operation(SECTION, body=schemas.NewFileBody, wrapper="file", answer=MADE, status=201)
def add(project_id: int) -> Response:
    """Make uploads files of a project."""
    return _made(schemas.add_files(read_object(request), project_id))


@files.get("/files/<id:file_id>.json")
@operation(SECTION, answer={"file": schemas.OneFile})
def retrieve_file(file_id: int) -> Response:
    """One file, with its earlier versions and the tasks that carry it."""
    plan, viewer = schemas.ONE, current_viewer()
    page = fetch_by_id(DOCUMENTS, file_id, plan.columns, viewer, facets=plan.facets)
    address = f"{request.host_url}files/{file_id}/download"
    return envelope.payload("file", plan.render(page)[0] | {"download-URL": address})


@files.put("/files/<id:file_id>.json")
@operation(SECTION, body=schemas.FileBody, wrapper="file")
def edit_file(file_id: int) -> Response:
    """Rename or describe a file."""
    command = schemas.edit_file(read_object(request), file_id)
    viewer = current_viewer()
    carried(lambda: execute(command, viewer), schemas.SPELLED)
    return envelope.ok()


@files.post("/files/<id:file_id>.json")
@operation(
    SECTION,
    body=schemas.VersionBody,
    wrapper="fileversion",
    answer={"id": "string", "version": "string"},
    status=201,
)
def add_version(file_id: int) -> Response:
    """Make an upload the next version of a file; the earlier ones are kept."""
    command = schemas.add_version(read_object(request), file_id)
    viewer = current_viewer()
    version = carried(lambda: execute(command, viewer), {"pending_files": "pendingFileRef"})
    answer = {"id": str(file_id), "version": str(version), "STATUS": "OK"}
    return _with_id(json_response(answer, 201), file_id)


@files.delete("/files/<id:file_id>.json")
@operation(SECTION)
def delete_file(file_id: int) -> Response:
    """Delete a file, also on the tasks that carry it."""
    execute(DeleteDocument(file_id), current_viewer())
    return envelope.ok()


@files.get("/files/<id:file_id>/download")
@operation(SECTION, options=WHICH, kinds=KINDS)
def download(file_id: int) -> Response:
    """The bytes of a file, or of an earlier version; Range and If-None-Match are answered."""
    wanted = read_options(WHICH, request.args)["version"]
    columns = ("id", "name", "digest", "size", "revision")
    facets = ("versions",) if wanted else ()
    page = fetch_by_id(DOCUMENTS, file_id, columns, current_viewer(), facets=facets)
    _, name, digest, size, revision = page.rows[0]
    if wanted not in (None, revision):
        earlier = page.facets["versions"].get(file_id, ())
        found = next((each for each in earlier if each.revision == wanted), None)
        if found is None:
            raise NotFound("File not found")
        name, digest, size = found.name, found.digest, found.size
    return _bytes(name, digest, size)


def _bytes(name: str, digest: str, size: int) -> Response:
    """Bytes as a download, streamed. A browser neither guesses what they are nor runs them."""
    shown = _safe(name)
    kind = SAFE_TYPES.get(shown.rpartition(".")[2].lower(), UNKNOWN)
    content = store().open(digest) if size else BytesIO()
    body = wrap_file(request.environ, content)
    response = Response(body, content_type=kind, direct_passthrough=True)
    response.content_length = size
    response.headers.set("Content-Disposition", "attachment", **_names(shown))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.set_etag(digest)
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        content.close()
        return _unsatisfiable(size)
    if response.status_code == 412:
        content.close()
        message = "The file is not the one that If-Match names"
        return json_response({"MESSAGE": message, "STATUS": "Error"}, 412)
    if request.method == "HEAD" or response.status_code == 304:
        content.close()  # nobody is going to read it
    return response


def _names(name: str) -> dict[str, str]:
    """The name as Content-Disposition says it: in ASCII, and in full beside it if that is not the
    same (RFC 6266, RFC 8187).
    """
    if name.isascii():
        return {"filename": name}
    simple = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": simple or "file", "filename*": f"UTF-8''{quote(name, safe='')}"}


def _unsatisfiable(size: int) -> Response:
    message = f"The file has {size} bytes: the range that was asked for is not in it"
    response = json_response({"MESSAGE": message, "STATUS": "Error"}, 416)
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def _listed(project: dict[str, Any], where: Any) -> Response:
    """A page of files, within their project."""
    number, size, offset = asked_page()
    plan = schemas.LISTED
    query = Query(
        DOCUMENTS,
        plan.columns,
        facets=plan.facets,
        criteria=(where,),
        limit=size,
        offset=offset,
    )
    page = fetch_page(query, current_viewer())
    shown: Any = project | {"files": plan.render(page)}
    return envelope.page("project", shown, number=number, size=size, total=page.total or 0)


def _made(command: Any) -> Response:
    """The ids of the files that a command makes; the first one is the answer's own."""
    viewer = current_viewer()
    ids = carried(lambda: execute(command, viewer), schemas.SPELLED)
    answer = {"id": str(ids[0]), "fileIds": envelope.csv(ids), "STATUS": "OK"}
    return _with_id(json_response(answer, 201), ids[0])


def _with_id(response: Response, made: int) -> Response:
    response.headers["id"] = str(made)
    return response


def _safe(name: str) -> str:
    """The last part of a file name, without what no name may hold."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(sign for sign in last if sign.isprintable())
    return printable.strip()[:MAX_NAME] or "file"
