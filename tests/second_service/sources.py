"""The shop's entity sets as sources of the engine: one class, driven by a layout and by rules.

Whoever is `data.GUEST` may only read. Keys of deleted entities are never used again. The engine
takes links of bodies apart (writing.py), so commands look at values only.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO, Any

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.exc import IntegrityError

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.odata.engine.edm import EntityType, PrimitiveType
from app.odata.engine.problems import NoSuchResource
from app.odata.engine.source import Given, Key, Source, Stream
from tests.second_service import data, tables
from tests.second_service.layout import LAYOUTS, Foreign, Layout, Paired
from tests.second_service.model import MODEL
from tests.second_service.rows import TableRows
from tests.second_service.rules import BEFORE_DELETE, CHECKS, NEW_KEYS, check_dynamic
from tests.second_service.store import Store

CHUNK = 5  # bytes: small enough that every stream has several


class TableSource(Source):
    """A set in its table."""

    def __init__(self, name: str, store: Store) -> None:
        self.name = name
        self.store = store
        self.layout: Layout = LAYOUTS[name]
        self.table = self.layout.table
        self.type: EntityType = self.layout.type

    def rows(self, name: str, caller: str) -> TableRows:
        """An alias of the table; its statements take the parameter `caller`."""
        return TableRows(self.layout, name)

    def dynamic(self, caller: str) -> Mapping[str, PrimitiveType]:
        """The same for everybody."""
        return self.layout.dynamic

    def hold(self, key: Key, caller: str) -> None:
        """Lock the row; SQLite has one writer at a time as it is."""
        self.store.connection.execute(select(self.table).where(self._is(key)).with_for_update())

    def create(self, given: Given, caller: str) -> Key:
        """Raises Forbidden, Invalid for what is missing or out of range, Conflict for a key that is
        or was in use.
        """
        self._may_write(caller)
        kind = given.type or self.type
        values = self._keyed(dict(given.values))
        self._check_complete(kind, values)
        key = tuple(values[each.name] for each in MODEL.key(self.type))
        if self._is_taken(key):
            raise Conflict(f"{self.name}: this key is or was in use")
        row = dict.fromkeys(self.layout.columns.values()) | {"folded": ""}
        row |= self._row_of(given, values, caller)
        row |= {"hidden": False, "owner": caller, "kind": kind.qualified, "version": 1}
        self._write(self.table.insert().values(self._own_columns(row)))
        return key

    def update(self, key: Key, given: Given, caller: str) -> None:
        """Raises Forbidden, NotFound, Invalid."""
        self._may_write(caller)
        stored = self.stored(key, caller)
        self._check_kept(key, given)
        row = self._row_of(given, given.values, caller)
        if "dynamic" in row:
            whole = stored.dynamic | row["dynamic"]
            row["dynamic"] = {name: value for name, value in whole.items() if value is not None}
        if "version" in self.table.c:
            row["version"] = self.table.c.version + 1
        if row := self._own_columns(row):
            self._write(self.table.update().where(self._is(key)).values(row))

    def delete(self, key: Key, caller: str) -> None:
        """Raises Forbidden, NotFound, and Conflict where a rule wants the entity kept."""
        self._may_write(caller)
        self.stored(key, caller)
        if self.name in BEFORE_DELETE:
            BEFORE_DELETE[self.name](self.store, key)
        self._write(self.table.delete().where(self._is(key)))
        used = {"set_name": self.name, "key": _key_text(key)}
        self._write(tables.USED_KEY.insert().values(used))

    def upsert(self, key: Key, given: Given, caller: str) -> Key:
        """Raises NoSuchResource where the key is or was in use, or is the server's to give."""
        if not self.layout.keys_from_client or self._is_taken(key):
            raise NoSuchResource(f"{self.name}: no such entity")
        names = (each.name for each in MODEL.key(self.type))
        values = {**given.values, **dict(zip(names, key, strict=True))}
        return self.create(Given(values, given.dynamic, given.links, given.type), caller)

    def link(self, key: Key, navigation: str, target: Key, caller: str) -> None:
        """Add a pair; one that is there already stays. Raises Forbidden, NotFound."""
        way, pair = self._pair(key, navigation, target, caller)
        if self.store.connection.execute(way.table.select().filter_by(**pair)).first() is None:
            self._write(way.table.insert().values(pair))

    def unlink(self, key: Key, navigation: str, target: Key, caller: str) -> None:
        """Remove a pair. Raises Forbidden, NotFound."""
        way, pair = self._pair(key, navigation, target, caller)
        chosen = and_(*(way.table.c[name] == value for name, value in pair.items()))
        if not self._write(way.table.delete().where(chosen)):
            raise NotFound(f"{navigation}: no such reference")

    def stream(self, key: Key, name: str | None, caller: str) -> Stream | None:
        """The bytes in small pieces. Raises NotFound."""
        body, media_type = self.layout.streams[name]
        stored = self.stored(key, caller)._mapping
        if stored[body] is None:
            return None
        return Stream(
            chunks=_chunks(stored[body]),
            media_type=stored[media_type],
            length=len(stored[body]),
            disposition=None if name else f'attachment; filename="{_key_text(key)}.png"',
        )

    def put_stream(
        self, key: Key, name: str | None, body: IO[bytes], media_type: str, caller: str
    ) -> None:
        """Raises Forbidden, NotFound."""
        self._may_write(caller)
        self.stored(key, caller)
        columns = self.layout.streams[name]
        row: dict[str, Any] = dict(zip(columns, (body.read(), media_type), strict=True))
        if "version" in self.table.c:
            row |= {"version": self.table.c.version + 1, "modified": self.store.now()}
        self._write(self.table.update().where(self._is(key)).values(row))

    def stored(self, key: Key, caller: str) -> Row[Any]:
        """The whole row of an entity that the caller sees. Raises NotFound."""
        rows = TableRows(self.layout, "chosen")
        chosen = select(rows.table).where(self._is(key, rows.table), rows.visible())
        found = self.store.rows(chosen, caller)
        if not found:
            raise NotFound(f"{self.name}: no such entity")
        return found[0]

    def _may_write(self, caller: str) -> None:
        if caller == data.GUEST:
            raise Forbidden("Guests may only read")

    def _is(self, key: Key, table: Any = None) -> ColumnElement[bool]:
        columns = (self.table if table is None else table).c
        names = self.layout.key_columns()
        return and_(*(columns[each] == value for each, value in zip(names, key, strict=True)))

    def _is_taken(self, key: Key) -> bool:
        """The key is in use, seen by the caller or not, or was."""
        here = select(self.table.c[self.layout.key_columns()[0]]).where(self._is(key))
        gone = tables.USED_KEY.select().filter_by(set_name=self.name, key=_key_text(key))
        connection = self.store.connection
        return any(connection.execute(each).first() is not None for each in (here, gone))

    def _keyed(self, values: dict[str, Any]) -> dict[str, Any]:
        for each in MODEL.key(self.type):
            if each.name not in values and (self.name, each.name) in NEW_KEYS:
                values[each.name] = NEW_KEYS[self.name, each.name](self.store, values)
        return values

    def _check_complete(self, kind: EntityType, values: dict[str, Any]) -> None:
        """Defaults for what is not nullable and not there. Raises Invalid without one."""
        for each in MODEL.properties(kind).values():
            computed = not each.writable and each not in MODEL.key(kind)
            if each.nullable or computed or values.get(each.name) is not None:
                continue
            if each.default is None:
                raise Invalid({each.name: "is required"})
            values[each.name] = each.default

    def _check_kept(self, key: Key, given: Given) -> None:
        """Raises Invalid for a change of the key, and for null where it is not allowed."""
        for each, old in zip(MODEL.key(self.type), key, strict=True):
            if given.values.get(each.name, old) != old:
                raise Invalid({each.name: "is part of the key"})
        known = MODEL.properties(given.type or self.type)
        for name, value in given.values.items():
            if value is None and not known[name.partition("/")[0]].nullable:
                raise Invalid({name: "must not be null"})

    def _row_of(self, given: Given, values: Mapping[str, Any], caller: str) -> dict[str, Any]:
        """The columns that a command sets, checked. Raises Invalid."""
        if self.name in CHECKS:
            CHECKS[self.name](values)
        row = self.layout.stored(values) | self.layout.folded(values)
        self._check_references(row, caller)
        if self.layout.dynamic:
            check_dynamic(self.layout.dynamic, given.dynamic)
            row["dynamic"] = dict(given.dynamic)
        return row | {"modified": self.store.now()}

    def _check_references(self, row: Mapping[str, Any], caller: str) -> None:
        for way in self.layout.ways.values():
            if way.collection or row.get(way.pairs[0][0]) is None:
                continue
            target = TableSource(way.target, self.store)
            column = way.pairs[0][0]
            try:
                target.stored((row[column],), caller)
            except NotFound as error:
                raise Invalid({self.layout.property_of(column): error.message}) from None

    def _pair(
        self, key: Key, navigation: str, target: Key, caller: str
    ) -> tuple[Paired, dict[str, Any]]:
        self._may_write(caller)
        way = self.layout.ways[navigation]
        assert not isinstance(way, Foreign), "linkable is only what has a table of pairs"
        self.stored(key, caller)
        TableSource(way.target, self.store).stored(target, caller)
        return way, {way.here: key[0], way.there: target[0]}

    def _own_columns(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name in self.table.c}

    def _write(self, statement: Any) -> int:
        """Run a statement. Raises Conflict for what only the database knew, as after a race."""
        try:
            return self.store.write(statement)
        except IntegrityError:
            raise Conflict(f"{self.name}: contradicts what is stored") from None


def _key_text(key: Key) -> str:
    return ",".join(str(each) for each in key)


def _chunks(body: bytes) -> Iterator[bytes]:
    reader = BytesIO(body)
    return iter(lambda: reader.read(CHUNK), b"")
