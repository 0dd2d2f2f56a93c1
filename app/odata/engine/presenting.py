"""Entities as JSON objects: members, control information around them, expanded ones inside."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from app.odata.engine.addresses import key_text
from app.odata.engine.ast import ExpandItem, Options
from app.odata.engine.edm import CollectionType, EntitySet, EntityType
from app.odata.engine.expanding import fetch_below
from app.odata.engine.focus import Home
from app.odata.engine.reading import Fetched, Reading
from app.odata.engine.rendering import objects, type_annotations
from app.odata.engine.source import Key

Item = dict[str, Any]


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
        """The objects of fetched rows, with what was expanded."""
        items = objects(fetched.cells, fetched.rows, self._manner)
        if any(kind not in (None, fetched.kind.qualified) for kind in fetched.types):
            items = self._own_members(fetched, items, options)
        control = self._control(fetched)
        if control:
            items = [{**each, **item} for each, item in zip(control, items, strict=True)]
        for item in options.expand:
            self._expand(fetched, items, item)
        return items

    def _own_members(self, fetched: Fetched, items: list[Item], options: Options) -> list[Item]:
        """Without the members of other derived types."""
        computed = {item.alias for item in options.compute}
        mine: dict[str | None, set[str]] = {}
        for name in set(fetched.types):
            kind = fetched.kind if name is None else self._model.entity_type(name)
            mine[name] = computed | set(self._model.properties(kind))
            mine[name] |= {each for each, _ in fetched.wanted.dynamic}
        return [
            {name: value for name, value in item.items() if name in mine[kind]}
            for item, kind in zip(items, fetched.types, strict=True)
        ]

    def address(self, home: Home, key: Key) -> str:
        """The canonical address of an entity, relative to the service root."""
        if not isinstance(home, EntitySet):
            return home.name
        return home.name + key_text(self._model, home.type, key)

    def _control(self, fetched: Fetched) -> list[Item]:
        manner, prefix = self._manner, self._manner.prefix
        if manner.bare or not fetched.rows:
            return []
        if manner.full:
            return [self._everything(fetched, number) for number in range(len(fetched.rows))]
        if all(each is None for each in (*fetched.etags[:1], *fetched.types)):
            return []
        found: list[Item] = []
        for etag, kind in zip(fetched.etags, fetched.types, strict=True):
            about: Item = {}
            if kind not in (None, fetched.home.type.qualified):
                about[f"{prefix}type"] = f"#{kind}"
            if etag is not None:
                about[f"{prefix}etag"] = etag_text(etag)
            found.append(about)
        return found

    def _everything(self, fetched: Fetched, number: int) -> Item:
        """All control information of one entity (JSON, 3.1.2)."""
        manner, prefix, root = self._manner, self._manner.prefix, self._manner.root
        name = fetched.types[number] or fetched.kind.qualified
        kind = self._model.entity_type(name)
        address = self.address(fetched.home, fetched.keys[number])
        about: Item = {f"{prefix}type": f"#{name}", f"{prefix}id": f"{root}/{address}"}
        if fetched.etags[number] is not None:
            about[f"{prefix}etag"] = etag_text(fetched.etags[number])
        about[f"{prefix}editLink"] = address
        if kind.media:
            about[f"{prefix}mediaReadLink"] = about[f"{prefix}mediaEditLink"] = f"{address}/$value"
        about |= type_annotations(self._model, kind, fetched.wanted, manner)
        for each in self._model.navigations(kind):
            about[f"{each}{prefix}associationLink"] = f"{address}/{each}/$ref"
            about[f"{each}{prefix}navigationLink"] = f"{address}/{each}"
        return about | self._operations(kind, address)

    def _operations(self, kind: EntityType, address: str) -> Item:
        root, found = self._manner.root, {}
        for each in self._model.operations:
            if isinstance(each.bound_to, CollectionType) or each.bound_to is None:
                continue
            if each.kind == "action" and self._model.is_a(kind, each.bound_to):
                target = f"{root}/{address}/{each.qualified}"
                found[f"#{each.qualified}"] = {"title": each.name, "target": target}
        return found

    def _expand(self, fetched: Fetched, items: list[Item], item: ExpandItem) -> None:
        name, prefix = item.navigation.name, self._manner.prefix
        below = fetch_below(self._reading, fetched.home, fetched.keys, item)
        if item.only_count:
            for one, key in zip(items, fetched.keys, strict=True):
                one[f"{name}{prefix}count"] = below.totals.get(key, 0)
            return
        if item.only_references:
            made = self.references(below.fetched)
        else:
            nested = item.options
            if item.levels > 1:
                nested = replace(nested, expand=(*nested.expand, _less(item)))
            made = self.entities(below.fetched, nested)
        if not item.navigation.collection:
            found = dict(zip(below.owners, made, strict=True))
            for one, key in zip(items, fetched.keys, strict=True):
                one[name] = found.get(key)
            return
        by_owner: dict[Key, list[Item]] = {}
        for owner, each in zip(below.owners, made, strict=True):
            by_owner.setdefault(owner, []).append(each)
        for one, key in zip(items, fetched.keys, strict=True):
            if item.options.count:
                one[f"{name}{prefix}count"] = below.totals.get(key, 0)
            one[name] = by_owner.get(key, [])
            if key in below.cut:
                one[f"{name}{prefix}nextLink"] = self._rest(fetched.home, key, item, len(one[name]))

    def _rest(self, home: Home, key: Key, item: ExpandItem, shown: int) -> str:
        """Where the entities are that did not fit below an expanded one."""
        skipped = item.options.skip + shown
        pairs = [each for each in item.text if each[0] not in ("$skip", "$levels")]
        pairs.append(("$skip", str(skipped)))
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
        return f"{self._manner.root}/{self.address(home, key)}/{item.navigation.name}?{query}"

    def references(self, fetched: Fetched) -> list[Item]:
        """Entities as references."""
        prefix, root = self._manner.prefix, self._manner.root
        return [
            {f"{prefix}id": f"{root}/{self.address(fetched.home, key)}"} for key in fetched.keys
        ]


def _less(item: ExpandItem) -> ExpandItem:
    return replace(item, levels=item.levels - 1)
