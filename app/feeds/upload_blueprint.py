"""/uploads/{ref}: the bytes of an upload that was announced (/pendingfiles/presignedurl.json). Who
has the address needs no key: it is a secret of one person, for one upload, for an hour.
"""

from typing import BinaryIO, cast

from flask import Blueprint, Response, current_app, request

from app.clock import clock
from app.errors import Invalid, NotFound
from app.queries.feeds import waiting_upload
from app.services.commands import FillPendingFile
from app.services.execute import execute
from app.services.files import NOT_WAITING, WAITS
from app.storage import FileStore

uploads = Blueprint("uploads", __name__)


@uploads.put("/uploads/<ref>")
def receive(ref: str) -> Response:
    """Take the bytes, as many as were announced. They are streamed to the disk; a second upload
    to the same address is refused.
    """
    waiting = waiting_upload(ref, clock.now() - WAITS)
    if waiting is None:
        raise NotFound(NOT_WAITING)
    size, person = waiting
    kept = FileStore(current_app.config["TANDEM"].files_path).save(_body(size), size)
    if kept.size != size:
        raise Invalid({"fileSize": f"{size} bytes were announced, {kept.size} came"})
    execute(FillPendingFile(ref, kept.digest), person)
    return Response(status=200)


def _body(limit: int) -> BinaryIO:
    """The bytes of the request. Raises werkzeug's RequestEntityTooLarge for a length beyond the
    limit; a chunked body tells none. One byte more is let through, which the store refuses: under
    a server that ends the body itself, werkzeug takes what is as long as may be for longer.
    """
    request.max_content_length = limit + 1
    if request.content_length is None and request.environ.get("wsgi.input_terminated"):
        return cast(BinaryIO, request.environ["wsgi.input"])
    return cast(BinaryIO, request.stream)
