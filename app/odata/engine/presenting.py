"""Entities as JSON objects: members, control information around them, expanded ones inside.

What annotates a property stands right before it, as streaming clients need it (JSON, 4.4).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from app.odata.engine.addresses import key_text
from app.odata.engine.ast import ExpandItem, Options
from app.odata.engine.columns import Fetched
from app.odata.engine.edm import CollectionType, EdmType, EntitySet, EntityType, Singleton
from app.odata.engine.expanding import Below, fetch_below
from app.odata.engine.focus import Home
from app.odata.engine.following import rest_of
from app.odata.engine.problems import BadRequest
from app.odata.engine.reading import Reading
from app.odata.engine.rendering import PLAIN_IN_JSON, annotated, fragment
from app.odata.engine.source import Key

Item = dict[str, Any]
MOST_SHOWN: Final = 50_000  # entities of an answer, with all that is expanded


def etag_text(value: Any) -> str:
    """An ETag as headers and payloads write it. Weak: two answers may differ in form."""
    return f'W/"{value}"'


class Presenter:
    """Writes entities in the manner of one request."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._manner = reading.manner
        self._model = reading.service.model

    def entities(self, fetched: Fetched, options: Options) -> list[Item]:
        """The objects of fetched rows, with what was expanded. Raises BadRequest where these would
        be too many: one entity may stand below many others, each time with all that is below it.
        """
        items, sizes = self._entities(fetched, options, 1)
        if sum(sizes) > MOST_SHOWN:
            message = f"More than {MOST_SHOWN} entities would be shown: expand less"
            raise BadRequest(message, target="$expand")
        return items

    def _entities(
        self, fetched: Fetched, options: Options, depth: int
    ) -> tuple[list[Item], list[int]]:
        """The objects, and of how many entities each is made. `depth`: 1 for those that the address
        leads to, more for those inside.
        """
        columns, uniform = fetched.columns, self._is_uniform(fetched)
        head = self._head(fetched) if uniform else {}
        items = columns.layout(self._manner).objects(fetched.rows, head)
        if columns.foreign:
            items = self._own_members(fetched, items)
        notes = columns.once("notes", self._manner, lambda: self._notes(fetched, options))
        if notes:
            items = [annotated(item, notes) for item in items]
        if not uniform:
            control = self._control(fetched)
            items = [{**each, **item} for each, item in zip(control, items, strict=True)]
        if self._manner.full:
            self._links(fetched, items, {item.navigation.name for item in options.expand})
        sizes = [1] * len(items)
        for item in options.expand:
            self._expand(fetched, items, sizes, item, depth)
        return items, sizes

    def references(self, fetched: Fetched) -> list[Item]:
        """Entities as references."""
        prefix, root = self._manner.prefix, self._manner.root
        return [
            {f"{prefix}id": f"{root}/{self.address(fetched.home, key)}"} for key in fetched.keys
        ]

    def address(self, home: Home, key: Key) -> str:
        """The canonical address of an entity, relative to the service root."""
        if not isinstance(home, EntitySet):
            return home.name
        return home.name + key_text(self._model, home.type, key)

    def edit_address(self, home: Home, kind: EntityType, key: Key) -> str:
        """The same with a cast to the entity's own type, where that is a derived one."""
        address = self.address(home, key)
        return address if kind == home.type else f"{address}/{kind.qualified}"

    def _kind(self, fetched: Fetched, number: int) -> EntityType:
        name = fetched.types[number]
        return fetched.kind if name is None else self._model.entity_type(name)

    def _own_members(self, fetched: Fetched, items: list[Item]) -> list[Item]:
        """Without the members that only other derived types have."""
        own = {
            name: self._model.properties(self._model.entity_type(name))
            for name in set(fetched.types)
            if name is not None
        }
        return [
            {
                name: value
                for name, value in item.items()
                if name not in fetched.columns.foreign or (kind is not None and name in own[kind])
            }
            for item, kind in zip(items, fetched.types, strict=True)
        ]

    def _notes(self, fetched: Fetched, options: Options) -> dict[str, tuple[str, str]]:
        """`Name@odata.type` of members that a reader cannot infer: all of them for full metadata,
        those that $metadata does not name for minimal (JSON, 4.6.3).
        """
        if self._manner.bare:
            return {}
        undeclared = {name for name, _ in fetched.columns.wanted.dynamic}
        undeclared |= {item.alias for item in options.compute}
        found = {}
        for cell in fetched.columns.shown:
            name, kind = cell.path[0], cell.type
            if len(cell.path) > 1:
                kind = self._declared(fetched.kind, name)
            if kind is None or kind in PLAIN_IN_JSON:
                continue
            if self._manner.full or name in undeclared:
                found[name] = (f"{name}{self._manner.prefix}type", fragment(kind, self._manner))
        return found

    def _declared(self, kind: EntityType, name: str) -> EdmType:
        """The type of a property that a type has, or one derived from it."""
        family = (kind, *self._model.derived(kind))
        return next(
            known[name].type for each in family if name in (known := self._model.properties(each))
        )

    def _is_uniform(self, fetched: Fetched) -> bool:
        """All entities have the same control information, but for its values."""
        beside = fetched.columns.beside
        typed = beside.type is not None and not self._manner.bare
        tagged = beside.etag is None or None not in fetched.etags
        return not (self._manner.full or typed) and tagged

    def _head(self, fetched: Fetched) -> dict[str, list[Any]]:
        """Control information in front of the properties, for all entities."""
        prefix, found = self._manner.prefix, dict[str, list[Any]]()
        if self._manner.bare or not fetched.rows:
            return found
        if self._is_keyless(fetched):
            start = f"{self._manner.root}/"
            found[f"{prefix}id"] = [start + self.address(fetched.home, k) for k in fetched.keys]
        if fetched.columns.beside.etag is not None:
            found[f"{prefix}etag"] = [etag_text(each) for each in fetched.etags]
        return found

    def _is_keyless(self, fetched: Fetched) -> bool:
        """The objects do not show the whole key."""

        def find() -> bool:
            shown = {cell.path[0] for cell in fetched.columns.shown}
            return any(each.name not in shown for each in self._model.key(fetched.kind))

        return fetched.columns.once("keyless", self._manner, find)

    def _control(self, fetched: Fetched) -> list[Item]:
        """Control information in front of the properties of each entity."""
        numbers = range(len(fetched.rows))
        if self._manner.bare:
            return [{} for _ in numbers]
        if self._manner.full:
            return [self._everything(fetched, number) for number in numbers]
        keyless = self._is_keyless(fetched)
        return [self._needed(fetched, number, keyless=keyless) for number in numbers]

    def _needed(self, fetched: Fetched, number: int, *, keyless: bool) -> Item:
        """What minimal metadata has to say of an entity (JSON, 3.1.1)."""
        prefix, about = self._manner.prefix, Item()
        name = fetched.types[number]
        if name not in (None, fetched.home.type.qualified):
            about[f"{prefix}type"] = f"#{name}"
        if keyless:
            address = self.address(fetched.home, fetched.keys[number])
            about[f"{prefix}id"] = f"{self._manner.root}/{address}"
        if fetched.etags[number] is not None:
            about[f"{prefix}etag"] = etag_text(fetched.etags[number])
        return about

    def _everything(self, fetched: Fetched, number: int) -> Item:
        """All control information of an entity itself (JSON, 3.1.2)."""
        prefix, home = self._manner.prefix, fetched.home
        kind, key = self._kind(fetched, number), fetched.keys[number]
        about: Item = {
            f"{prefix}type": f"#{kind.qualified}",
            f"{prefix}id": f"{self._manner.root}/{self.address(home, key)}",
        }
        if fetched.etags[number] is not None:
            about[f"{prefix}etag"] = etag_text(fetched.etags[number])
        address = self.edit_address(home, kind, key)
        about[f"{prefix}{'editLink' if _is_changeable(home) else 'readLink'}"] = address
        streams = {name: f"{address}/{name}" for name in fetched.columns.wanted.streams}
        if self._model.is_media(kind):
            streams[""] = f"{address}/$value"
        for name, place in streams.items():
            about[f"{name}{prefix}mediaEditLink"] = about[f"{name}{prefix}mediaReadLink"] = place
        return about

    def _links(self, fetched: Fetched, items: list[Item], expanded: set[str]) -> None:
        """Full metadata: where navigations and operations are. Those of expanded navigations come
        with these.
        """
        for number, item in enumerate(items):
            kind = self._kind(fetched, number)
            address = self.edit_address(fetched.home, kind, fetched.keys[number])
            for name in self._model.navigations(kind):
                if name not in expanded:
                    item |= self._ways(address, name)
            item |= self._operations(kind, address)

    def _ways(self, address: str, name: str) -> Item:
        prefix = self._manner.prefix
        return {
            f"{name}{prefix}associationLink": f"{address}/{name}/$ref",
            f"{name}{prefix}navigationLink": f"{address}/{name}",
        }

    def _operations(self, kind: EntityType, address: str) -> Item:
        """What can be called on an entity (JSON, 16 and 17)."""
        return {
            f"#{each.qualified}": {
                "title": each.name,
                "target": f"{self._manner.root}/{address}/{each.qualified}",
            }
            for each in self._model.operations
            if each.bound_to is not None
            and not isinstance(each.bound_to, CollectionType)
            and self._model.is_a(kind, each.bound_to)
        }

    def _expand(
        self,
        fetched: Fetched,
        items: list[Item],
        sizes: list[int],
        item: ExpandItem,
        depth: int,
    ) -> None:
        """Put what a navigation leads to into the objects, and add to their sizes."""
        below = fetch_below(self._reading, fetched.home, fetched.keys, item, depth)
        name, made = item.navigation.name, self._made(below, item, depth)
        for number, (one, key) in enumerate(zip(items, fetched.keys, strict=True)):
            self._announce(fetched, number, one, item, below.totals.get(key, 0))
            if item.only_count:
                continue
            shown, size = made.get(key, ([], 0))
            sizes[number] += size
            one[name] = shown if item.navigation.collection else next(iter(shown), None)
            if key in below.cut:
                address = self.address(fetched.home, key)
                link = rest_of(address, item, below.cut[key], self._manner.root)
                one[f"{name}{self._manner.prefix}nextLink"] = link

    def _announce(
        self, fetched: Fetched, number: int, one: Item, item: ExpandItem, total: int
    ) -> None:
        """What stands in front of an expanded navigation: its total, its links."""
        if item.options.count or item.only_count:
            name = f"{item.navigation.name}{self._manner.prefix}count"
            one[name] = str(total) if self._manner.format.ieee754 else total
        if self._manner.full:
            kind, key = self._kind(fetched, number), fetched.keys[number]
            one |= self._ways(self.edit_address(fetched.home, kind, key), item.navigation.name)

    def _made(
        self, below: Below, item: ExpandItem, depth: int
    ) -> Mapping[Key, tuple[list[Item], int]]:
        """The objects below each entity, by its key, with their size."""
        if item.only_count:
            return {}
        if item.only_references:
            listed = self.references(below.fetched)
            sizes = [1] * len(listed)
        else:
            nested = item.options
            if item.levels > 1:
                again = replace(item, levels=item.levels - 1)
                nested = replace(nested, expand=(*nested.expand, again))
            listed, sizes = self._entities(below.fetched, nested, depth + 1)
        found: dict[Key, tuple[list[Item], int]] = {}
        for owner, each, size in zip(below.owners, listed, sizes, strict=True):
            known, total = found.get(owner, ([], 0))
            known.append(each)
            found[owner] = (known, total + size)
        return found


def _is_changeable(home: Home) -> bool:
    if isinstance(home, Singleton):
        return home.updatable
    return home.updatable or home.deletable
