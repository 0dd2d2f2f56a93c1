"""/pendingfiles.json: uploads, which `pendingFileAttachments` of a task then names."""

from flask import Blueprint, Response, current_app, request

from app.errors import Invalid
from app.http.auth import current_viewer
from app.http.json import json_response
from app.http.operations import operation
from app.services.commands import AddPendingFile
from app.services.execute import execute
from app.storage import FileStore

files = Blueprint("files", __name__)

MAX_NAME = 255
FORM_OVERHEAD = 1 << 16


@files.post("/pendingfiles.json")
@operation("Uploading files", answer={"pendingFile": "object"}, status=201)
def upload() -> Response:
    """Upload a file as the multipart field `file`; answers the reference to attach it by."""
    settings = current_app.config["TANDEM"]
    request.max_content_length = int(settings.max_upload) + FORM_OVERHEAD
    sent = request.files.get("file")
    if sent is None:
        raise Invalid({"file": "is missing: send it as multipart/form-data"})
    kept = FileStore(settings.files_path).save(sent.stream)
    command = AddPendingFile(_safe(sent.filename or ""), kept.size, kept.digest)
    ref = execute(command, current_viewer())
    return json_response({"pendingFile": {"ref": ref}, "STATUS": "OK"}, 201)


def _safe(name: str) -> str:
    """The last part of a file name, without what no name may hold."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(sign for sign in last if sign.isprintable())
    return printable.strip()[:MAX_NAME] or "file"
