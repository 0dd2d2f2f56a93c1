"""Requests of OData out of the service's own model: addresses, options, bodies and batches, most of
them nearly right.

None may be answered by a failure, by HTML, or in another shape than OData's.
"""

import random
from typing import Any, Final

from app.odata.engine.edm import CollectionType, EdmType, EntityType
from tests.torture.fuzz_addresses import Address, Addresses
from tests.torture.fuzz_running import some, tortured
from tests.torture.fuzz_shots import Shot
from tests.torture.fuzz_store import Stage
from tests.torture.fuzz_words import NUMBERS, TEXTS, Pairs, damaged, wild, written
from tests.torture.report import Report

JSON: Final = "application/json"
METHODS: Final = ("GET",) * 9 + (
    "POST",
    "PATCH",
    "PATCH",
    "PUT",
    "DELETE",
    "HEAD",
    "MERGE",
    "OPTIONS",
)
HEADERS: Final = {
    "Accept": (
        *(JSON, "*/*", "application/xml", "application/json;odata.metadata=none", "text/plain"),
        *("application/json;odata.metadata=full", "multipart/mixed", "application/json;q=0", ";"),
        *("application/json;IEEE754Compatible=true;odata.streaming=true", "text/html", "x" * 3000),
        "application/json;ExponentialDecimals=maybe",
    ),
    "Content-Type": (
        *(JSON, "application/json; charset=utf-16", "text/plain", "multipart/mixed", "", "/"),
        *("application/json;IEEE754Compatible=true", "multipart/mixed; boundary=", "image/png"),
        "application/x-www-form-urlencoded",
    ),
    "Prefer": (
        *("return=minimal", "return=representation", "odata.maxpagesize=1", "maxpagesize=x"),
        *(
            "respond-async",
            "odata.continue-on-error",
            'odata.include-annotations="*"',
            ",;=",
            "a" * 999,
        ),
        "omit-values=nulls, return=minimal, odata.track-changes",
    ),
    "If-Match": ("*", 'W/"1"', '"x"', "", "x", 'W/"', "*, *", '"' + "a" * 3000 + '"'),
    "If-None-Match": ("*", 'W/"1"', "x"),
    "OData-Version": ("4.0", "4.01", "3.0", "x", ""),
    "OData-MaxVersion": ("4.0", "4.01", "2.0", "x", "99"),
    "X-HTTP-Method": ("PATCH", "DELETE", "X"),
    "X-HTTP-Method-Override": ("PATCH", "MERGE", "GET"),
    "Idempotency-Key": ("a", "b", "again", "again", "", "x" * 300),
    "Accept-Encoding": ("gzip", "zstd, gzip;q=0", "identity;q=0, *;q=0"),
    "Accept-Charset": ("utf-8", "x"),
    "OData-EntityId": ("x",),
}


class Requests:
    """Draws whole requests."""

    def __init__(self, draw: random.Random, stage: Stage) -> None:
        self.draw = draw
        self.to = Addresses(draw, stage)
        self.say = self.to.say

    def shot(self) -> Shot:
        """A request of any kind."""
        if self.draw.random() < 0.12:
            return self._batch()
        found = self.to.address()
        method = "POST" if self._is_action(found) else some(self.draw, *METHODS)
        if self.say.careful and found.kind is None:
            method = "GET"
        if found.many and method in ("PATCH", "PUT", "DELETE") and self.say.chance(0.6):
            method = "POST"
        headers = self._headers()
        body = b""
        if method not in ("GET", "HEAD", "DELETE", "OPTIONS") or self.say.chance(0.02):
            body = self._body(found)
            headers = {"Content-Type": JSON} | headers
        target = self.to.target(found)
        if self.say.chance(0.05):
            target = damaged(self.draw, target.encode("latin-1", "replace"), 2).decode("latin-1")
            target = "/" + "".join(each for each in target if each > " ").lstrip("/")
        return Shot(method, target, body, headers, "")

    def _is_action(self, found: Address) -> bool:
        return (
            bool(found.operation) and found.operation.kind == "action" and not self.say.chance(0.05)
        )

    def _headers(self) -> dict[str, str]:
        names = [
            some(self.draw, *HEADERS)
            for _ in range(
                0 if self.say.careful and self.draw.random() < 0.8 else self.draw.randrange(3)
            )
        ]
        return {name: some(self.draw, *HEADERS[name]) for name in names}

    def _body(self, found: Address) -> bytes:
        text = written(self._content(found), escaped=self.say.chance(0.8))
        return damaged(self.draw, text) if self.say.chance(0.08) else text

    def _content(self, found: Address) -> Any:
        if self.say.chance(0.05):
            return wild(self.draw)
        if found.operation is not None:
            takes = found.operation.parameters
            return Pairs(
                tuple(
                    (
                        each.name if self.say.chance(0.9) else each.name.upper(),
                        self.value(each.type),
                    )
                    for each in takes
                    if self.say.chance(0.92)
                )
            )
        if found.kind is None:
            return {"value": wild(self.draw)}
        if self.say.chance(0.05):
            return {"@odata.id": f"Task({self.to.uid('Task')})"}
        return self.members(found.kind)

    def members(self, kind: EntityType, depth: int = 2) -> Pairs:
        """Members of an entity: some of those that there are, bindings, things that come along."""
        known = [*self.to.model.properties(kind).values()]
        found: list[tuple[str, Any]] = []
        for each in self.draw.sample(known, min(len(known), self.draw.randrange(6))):
            found.append((each.name, self.value(each.type)))
        if kind is self.to.model.entity_sets[0].type and self.say.chance(0.6):
            found += [("Name", "x"), ("ProjectId", self.to.uid("Project"))]
        way = self.say.navigation(kind)
        if way is not None and self.say.chance(0.25):
            of = some(self.draw, "Project", "Contact", "TaskStatus", "Task", "Group")
            link: Any = f"{some(self.draw, '', '/odata/', 'http://x.test/')}{of}({self.to.uid(of)})"
            found.append((f"{way.name}@odata.bind", [link] if way.collection else link))
        if way is not None and depth and self.say.chance(0.2):
            inner: Any = self.members(self.say.target(way), depth - 1)
            found.append((way.name, [inner] * self.draw.randint(1, 3) if way.collection else inner))
        if self.say.chance(0.15):
            names = (
                "@odata.type",
                "@odata.etag",
                "@removed",
                "Name@odata.type",
                "@id",
                "",
                "x",
                "@",
            )
            found.append((some(self.draw, *names), wild(self.draw)))
        if found and self.say.chance(0.05):
            found.append(found[0])
        return Pairs(tuple(found))

    def value(self, kind: EdmType) -> Any:
        """A value of a type, as a rule."""
        if self.say.chance(0.15):
            return wild(self.draw)
        if isinstance(kind, CollectionType):
            return [self.value(kind.item) for _ in range(self.draw.randrange(4))]
        if isinstance(kind, EntityType):
            return self.members(kind, 1)
        made = {
            "Edm.Guid": lambda: self.to.uid(),
            "Edm.String": lambda: some(self.draw, "x", "<p>Hi</p>", *TEXTS),
            "Edm.Boolean": lambda: self.say.chance(0.5),
            "Edm.DateTimeOffset": lambda: self.say.literal("Edm.DateTimeOffset").replace(
                "null", ""
            ),
        }
        make = made.get(kind.qualified)
        return make() if make else some(self.draw, *NUMBERS)

    # --- batches ----------------------------------------------------------------------------------

    def _batch(self) -> Shot:
        parts = [Requests(self.draw, self.to.stage).shot() for _ in range(self.draw.randrange(5))]
        parts = [each for each in parts if len(each.body) < 20_000]
        if self.say.chance(0.03):
            parts *= 60
        target = self.to.root() + some(self.draw, "/$batch", "/$batch", "/$batch?$format=json")
        if self.say.chance(0.55):
            body, kind = written(self._as_json(parts)), JSON
        else:
            body, kind = self._as_multipart(parts), "multipart/mixed; boundary=b"
        if self.say.chance(0.2):
            body = damaged(self.draw, body)
        return Shot("POST", target, body, {"Content-Type": kind} | self._headers(), "")

    def _as_json(self, parts: list[Shot]) -> Any:
        items = []
        for number, each in enumerate(parts):
            item: dict[str, Any] = {
                "id": str(number) if self.say.chance(0.95) else wild(self.draw, 0),
                "method": each.method if self.say.chance(0.95) else wild(self.draw, 0),
                "url": some(
                    self.draw, each.target, each.target.removeprefix("/odata/"), "$0", "$1/x"
                ),
            }
            if each.body:
                item["body"] = self._content(self.to.address())
                item["headers"] = dict(each.headers)
            if self.say.chance(0.3):
                item["atomicityGroup"] = some(self.draw, "g", "g", "h", "0", "", 5, None)
            if self.say.chance(0.2):
                item["dependsOn"] = some(self.draw, ["0"], ["g"], ["9"], "0", [[]], [None], [5], {})
            if self.say.chance(0.05):
                item["if"] = some(self.draw, "$0 eq 1", "true", 5)
            items.append(item)
        return {"requests": items} if self.say.chance(0.97) else wild(self.draw)

    def _as_multipart(self, parts: list[Shot]) -> bytes:
        found, inside = b"", False
        for number, each in enumerate(parts):
            if not inside and self.say.chance(0.3):
                found += b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
                inside = True
            found += (b"--c" if inside else b"--b") + b"\r\nContent-Type: application/http\r\n"
            found += b"Content-Transfer-Encoding: binary\r\nContent-ID: %d\r\n\r\n" % number
            found += f"{each.method} {each.target} HTTP/1.1\r\n".encode("utf-8", "surrogatepass")
            for name, value in each.headers.items():
                found += f"{name}: {value}\r\n".encode()
            found += b"\r\n" + each.body + b"\r\n"
            if inside and self.say.chance(0.4):
                found, inside = found + b"--c--\r\n", False
        return found + (b"--c--\r\n" if inside else b"") + b"--b--\r\n"


def make(draw: random.Random, stage: Stage) -> Shot:
    """A request."""
    return Requests(draw, stage).shot()


def run(engine: str, cases: int) -> Report:
    """Fire so many."""
    return tortured("fuzz_odata", engine, cases, make)
