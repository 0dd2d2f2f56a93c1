"""Documents as media entities: the bytes are kept by digest, and handed out as they came."""

import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from app.access import Viewer
from app.errors import NotFound, TooLarge
from app.odata.engine.edm import EntityType
from app.odata.engine.source import Key, Stream
from app.odata.operations.templates import disposition
from app.odata.sets.spec import SetSpec
from app.odata.sets.store import StoreSource
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.page import fetch_by_id
from app.services.neighbour_commands import EditDocument, PutDocumentContent
from app.storage import CHUNK, FileStore


class DocumentSource(StoreSource):
    """The set Document."""

    def __init__(self, spec: SetSpec, kind: EntityType, store: FileStore, limit: int) -> None:
        super().__init__(spec, kind)
        self._store = store
        self._limit = limit

    def stream(self, key: Key, name: str | None, caller: Viewer) -> Stream | None:
        """The bytes of a document; none as long as none were put."""
        columns = ("name", "digest", "size", "version")
        page = fetch_by_id(DOCUMENTS, self.id_of(key, caller), columns, caller)
        file_name, digest, size, version = page.rows[0]
        if not size:
            return Stream([], _kind(file_name), 0, disposition(file_name), f'W/"{version}"')
        path = self._store.path(digest)
        if not path.exists():
            raise NotFound("The content of this document is not there")
        content = _chunks(path)
        return Stream(content, _kind(file_name), size, disposition(file_name), f'W/"{version}"')

    def put_stream(
        self, key: Key, name: str | None, body: IO[bytes], media_type: str, caller: Viewer
    ) -> None:
        """Give a document its bytes. Raises TooLarge, Forbidden."""
        row_id = self.id_of(key, caller)
        # Nothing is stored for who may not change the document.
        self.run(EditDocument(file_id=row_id), caller)
        kept = self._store.save(_Limited(body, self._limit))
        self.run(PutDocumentContent(row_id, kept.digest, kept.size), caller)


def _kind(file_name: str) -> str:
    return mimetypes.guess_type(file_name)[0] or "application/octet-stream"


def _chunks(path: Path) -> Iterable[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


class _Limited:
    """A stream that refuses to give more than a number of bytes."""

    def __init__(self, inner: IO[bytes], limit: int) -> None:
        self._inner = inner
        self._left = limit

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises TooLarge beyond the limit."""
        chunk = self._inner.read(size)
        self._left -= len(chunk)
        if self._left < 0:
            raise TooLarge("The file is too large")
        return chunk
