"""A set of the store as the engine's source: rows out of a catalogue, commands into the core."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, select

from app.access import Viewer
from app.errors import Conflict, Invalid
from app.odata.engine.edm import EntityType
from app.odata.engine.problems import NoSuchResource
from app.odata.engine.source import Given, Key, Rows, Source
from app.odata.engine.sql.operations import operation
from app.odata.sets.spec import SetSpec, Values
from app.odata.sets.spelling import spelled
from app.queries import identities
from app.queries.connection import reading
from app.queries.rows import Aliased
from app.services.commands import NewUid
from app.services.execute import execute

LINKED = {"files": "@odata.id", "other_id": "@odata.id"}  # what a reference names


def fold(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text without the difference of case, the same on both databases."""
    return operation("text.lower", text, type_=String())


class StoreRows(Rows):
    """Rows of a catalogue under the names of a set's properties."""

    def __init__(self, spec: SetSpec, name: str, viewer: Viewer) -> None:
        self._spec = spec
        self._viewer = viewer
        self.aliased = Aliased(spec.catalogue, name, viewer.kind)
        self.table = self.aliased.table

    def column(self, name: str) -> ColumnElement[Any]:
        """The value of a property."""
        known = self._spec.by_name[name]
        if callable(known.column):
            return known.column(self._viewer)
        column = self.aliased.column(known.column)
        return func.nullif(column, "", type_=column.type) if known.blank else column

    def visible(self) -> ColumnElement[bool]:
        """The catalogue's rule."""
        return self.aliased.visible()

    def joined(self, navigation: str, target: Rows) -> ColumnElement[bool]:
        """The catalogue's link."""
        assert isinstance(target, StoreRows)
        way = next(each for each in self._spec.ways if each.navigation.name == navigation)
        return self.aliased.joined(way.link, target.aliased)

    def among(self, name: str, values: Sequence[Any]) -> ColumnElement[bool] | None:
        """References are compared by id."""
        column = self._spec.by_name[name].column
        if callable(column):
            return None
        return self.aliased.matches(column, values)

    def search(self, term: str) -> ColumnElement[bool]:
        """The searched columns hold the term."""
        return self.aliased.search(bindparam(None, term, type_=String), fold)

    def etag(self) -> ColumnElement[Any] | None:
        """The version of the row."""
        if "version" not in self._spec.catalogue.columns:
            return None
        return self.aliased.column("version")

    def stamp(self) -> ColumnElement[Any] | None:
        """The catalogue's stamp, where nothing that is shown depends on the viewer."""
        catalogue = self._spec.catalogue
        if catalogue.stamp is None or self._spec.is_personal:
            return None
        return self.aliased.column(catalogue.stamp)


class StoreSource(Source):
    """A set of the store."""

    seeks_what_it_updates = True

    def __init__(self, spec: SetSpec, kind: EntityType) -> None:
        self.spec = spec
        self.type = kind
        self._ways = {each.navigation.name: each for each in spec.ways}
        self._spellings = spec.spellings
        self._takes_keys = spec.by_name[spec.key[0]].change is not None

    def rows(self, name: str, caller: Viewer) -> StoreRows:
        """A new use of the catalogue."""
        return StoreRows(self.spec, name, caller)

    def id_of(self, key: Key, viewer: Viewer) -> int:
        """The id behind a GUID. Raises NotFound."""
        return identities.id_of(self.spec.catalogue, str(key[0]), viewer)

    def sent(self, given: Mapping[str, Any], viewer: Viewer) -> Values:
        """What a body gives, in neutral names, ids in place of GUIDs."""
        return neutral(self.spec, [given], viewer)[0]

    def run(self, command: Any, viewer: Viewer) -> Any:
        """Carry out a command; its errors name properties."""
        with spelled(self._spellings):
            return execute(command, viewer)

    def hold(self, key: Key, caller: Viewer) -> None:
        """Lock the row, unless this transaction is the only one that writes (SQLite)."""
        uid = self.spec.catalogue.columns.get("uid")
        if uid is not None and not callable(uid) and len(key) == 1:
            with reading() as connection:
                locked = select(uid).where(uid == key[0]).with_for_update(key_share=True)
                connection.execute(locked)

    def create(self, given: Given, caller: Viewer) -> Key:
        """Make one; gives its GUID."""
        return self._made(given.values, caller)

    def _made(self, values: Mapping[str, Any], viewer: Viewer) -> Key:
        if self.spec.add is None:
            raise NotImplementedError(self.spec.name)
        require(self.spec, values, self.spec.required)
        sent = self.sent(values, viewer)
        if self._takes_keys:
            sent["uid"] = values.get(self.spec.key[0]) or NewUid.made()
        made = self.run(self.spec.add(sent), viewer)
        more = self.spec.then(made, sent)
        if more is not None:
            self.run(more, viewer)
        return (sent.get("uid") or identities.uid_of(self.spec.catalogue, made, viewer),)

    def update(self, key: Key, given: Given, caller: Viewer) -> None:
        """Change one."""
        if self.spec.edit is None:
            raise NotImplementedError(self.spec.name)
        row_id = self.id_of(key, caller)
        self.run(self.spec.edit(row_id, self.sent(given.values, caller)), caller)

    def delete(self, key: Key, caller: Viewer) -> None:
        """Delete one."""
        if self.spec.drop is None:
            raise NotImplementedError(self.spec.name)
        self.run(self.spec.drop(self.id_of(key, caller)), caller)

    def upsert(self, key: Key, given: Given, caller: Viewer) -> Key:
        """Make one under the client's GUID, when the body can make one (decision 24)."""
        needed = (*self.spec.required, *self.spec.upsert_needs)
        if (
            not self._takes_keys
            or identities.is_used(self.spec.catalogue, str(key[0]))
            or any(given.values.get(name) is None for name in needed)
        ):
            raise NoSuchResource(f"{self.spec.name}: no such entity")
        try:
            return self._made(given.values, caller)
        except Conflict:
            raise NoSuchResource(f"{self.spec.name}: no such entity") from None

    def link(self, key: Key, navigation: str, target: Key, caller: Viewer) -> None:
        """Add a pair."""
        self._pair(self._ways[navigation].add, key, navigation, target, caller)

    def unlink(self, key: Key, navigation: str, target: Key, caller: Viewer) -> None:
        """Remove a pair."""
        self._pair(self._ways[navigation].remove, key, navigation, target, caller)

    def _pair(
        self,
        command: Callable[[int, int], Any] | None,
        key: Key,
        navigation: str,
        target: Key,
        viewer: Viewer,
    ) -> None:
        if command is None:
            raise NotImplementedError(navigation)
        way = self._ways[navigation]
        catalogue = identities.catalogue_named(self.spec.catalogue.links[way.link].target)
        other = identities.id_of(catalogue, str(target[0]), viewer)
        with spelled(LINKED):
            execute(command(self.id_of(key, viewer), other), viewer)


def require(spec: SetSpec, values: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raise Invalid for the properties that are missing."""
    missing = [name for name in names if values.get(name) is None]
    if missing:
        raise Invalid(dict.fromkeys(missing, "is needed"))


def neutral(spec: SetSpec, items: Sequence[Mapping[str, Any]], viewer: Viewer) -> list[Values]:
    """Bodies in neutral names. The GUIDs of all of them are looked up with one statement for each
    catalogue. Raises Invalid naming the property whose GUID the viewer knows nothing of; with
    several bodies the error names the first.
    """
    by_name = spec.by_name
    wanted: dict[Any, set[str]] = {}
    for item in items:
        for name, value in item.items():
            refers = by_name[name].refers
            if refers is not None and value is not None:
                wanted.setdefault(refers, set()).add(value)
    known = {
        catalogue: identities.ids_of(catalogue, sorted(uids), viewer)
        for catalogue, uids in wanted.items()
    }
    return [_one(spec, item, known) for item in items]


def _one(spec: SetSpec, item: Mapping[str, Any], known: Mapping[Any, Mapping[str, int]]) -> Values:
    found: Values = {}
    for name, value in item.items():
        each = spec.by_name[name]
        if each.change is None:
            continue
        if value is None:
            found[each.change] = each.empty
        elif each.refers is None:
            found[each.change] = value if each.adapt is None else each.adapt(value)
        elif value in known[each.refers]:
            found[each.change] = known[each.refers][value]
        else:
            raise Invalid({name: f"no such {each.refers.name.lower()}: {value}"})
    return found
