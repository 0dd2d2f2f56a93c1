"""What the OData service keeps from one request to the next, and how: statements compiled for the
driver, texts of whole entities by stamp and epoch (queries/fragments.py says of both when they
change).
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Select
from sqlalchemy.sql.visitors import cloned_traverse, iterate

from app.access import Viewer
from app.odata.engine.keeping import Keeping, Stamps, Statement, Texts
from app.odata.engine.sql.types import DecimalType
from app.queries.connection import open_connection
from app.queries.epochs import names_epoch
from app.queries.packing import Packer
from app.queries.prepared import DIALECTS, Prepared
from app.queries.remembered import Memories

ROOM = 10 * 2**20  # bytes for the texts of one store in one process
FORMS = 64  # in which texts are kept
KINDS = 256  # of viewers: what they may do, by the zone of their account
OVERHEAD = 500  # bytes of memory that a text takes beside itself
KEEPING_NAMES = {"maintain_key": True}
_TEXTS: Memories[tuple[Any, Any, bytes, Packer]] = Memories(ROOM)


class _Statement(Prepared):
    """A statement that knows its parameters."""

    def __init__(self, statement: Select[Any], engine: str) -> None:
        known = [each for each in iterate(statement) if isinstance(each, BindParameter)]
        if any(each.required for each in known):
            # A list cannot be written out while another parameter waits for its value.
            statement = cloned_traverse(statement, KEEPING_NAMES, {"bindparam": _may_wait})
        super().__init__(statement, DIALECTS[engine])
        self.names = frozenset(each.key for each in known)


def _may_wait(parameter: BindParameter[Any]) -> None:
    parameter.required = False


@lru_cache(FORMS)
def _packer(_form: str) -> Packer:
    """Of the texts of a form: a set's, in one of a few manners."""
    return Packer()


class _Texts:
    """Texts of one store in one process (queries/remembered.py)."""

    def __init__(self, connection: Connection) -> None:
        self._kept = _TEXTS.of(connection.engine)
        self._epoch = names_epoch(connection)
        self._may_put = open_connection() is None  # not what a transaction may yet undo

    def known(self, form: str, stamps: Stamps) -> dict[Any, bytes]:
        """Those of the texts, by key, that are known and hold."""
        find, epoch, texts = self._kept.get, self._epoch, {}
        for key, stamp in stamps:
            found = find((form, key))
            if found is not None and found[0] == stamp and found[1] == epoch:
                texts[key] = found[3].unpacked(found[2])
        return texts

    def put(self, form: str, key: Any, stamp: Any, text: bytes) -> None:
        """Remember a text."""
        if self._may_put:
            packer = _packer(form)
            packed = packer.packed(text)
            kept = (stamp, self._epoch, packed, packer)
            self._kept.put((form, key), kept, len(packed) + OVERHEAD)


@lru_cache(KINDS)
def _kind(kind: Viewer, zone: str) -> Viewer:
    return replace(kind, account_zone=zone)


class StoreKeeping(Keeping):
    """Statements are run through the driver (queries/prepared.py), one for each kind of viewer."""

    def kind(self, caller: Viewer) -> Viewer:
        """What the viewer may do, and the zone of the account, which some columns show."""
        return _kind(caller.kind, caller.account_zone)

    def prepared(self, statement: Select[Any], connection: Connection) -> Statement | None:
        """The statement, unless it gives exact decimals: the driver's floats would round them."""
        if any(isinstance(each.type, DecimalType) for each in statement.selected_columns):
            return None
        return _Statement(statement, connection.dialect.name)

    def texts(self, connection: Connection) -> Texts:
        """The texts of the store that the connection leads to."""
        return _Texts(connection)
