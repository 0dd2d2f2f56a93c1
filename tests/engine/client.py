"""A small client of the engine: one request through `protocol.answer`, its answer taken apart."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import orjson
import pytest
from sqlalchemy import event

from app.odata.engine.messages import Reply, Request
from app.odata.engine.protocol import answer
from app.queries.prepared import Prepared
from tests.second_service import data
from tests.second_service.fixtures import Shop

ROOT: Final = "http://shop.test/odata"
VERSION_4_01: Final = {"OData-MaxVersion": "4.01"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: header names as they were sent, `raw` all bytes of the body, `body` what JSON
    says (None where the body is no JSON).
    """

    status: int
    headers: Mapping[str, str]
    raw: bytes
    body: Any

    @property
    def text(self) -> str:
        """The body as text."""
        return self.raw.decode()

    @property
    def value(self) -> Any:
        """The items of a collection, or the value of a property."""
        return self.body["value"]

    @property
    def next(self) -> str | None:
        """The next link, in either version."""
        found: str | None = self.body.get("@odata.nextLink", self.body.get("@nextLink"))
        return found

    @property
    def error(self) -> dict[str, Any]:
        """What stands under `error`."""
        found: dict[str, Any] = self.body["error"]
        return found


def ask(
    shop: Shop,
    method: str,
    address: str,
    headers: Mapping[str, str] | None = None,
    *,
    body: bytes = b"",
    caller: str = data.ANNA,
) -> Answer:
    """Ask the shop. `address` is path and query below the root, or absolute; spaces and what is not
    ASCII go as a client's library would send them, `%` and `+` as they are.
    """
    path, _, query = address.removeprefix(f"{ROOT}/").partition("?")
    request = Request(
        method=method,
        root=ROOT,
        path=_sent(path),
        query=_sent(query),
        headers={name.lower(): value for name, value in (headers or {}).items()},
        body=body,
        caller=caller,
    )
    return taken_apart(answer(shop.service, request))


def get(
    shop: Shop, address: str, headers: Mapping[str, str] | None = None, caller: str = data.ANNA
) -> Answer:
    """GET."""
    return ask(shop, "GET", address, headers, caller=caller)


def taken_apart(reply: Reply) -> Answer:
    """An answer of the engine; its body is read to the end."""
    raw = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
    is_json = reply.headers.get("Content-Type", "").startswith("application/json")
    return Answer(reply.status, reply.headers, raw, orjson.loads(raw) if is_json and raw else None)


def pages(
    shop: Shop, address: str, headers: Mapping[str, str] | None = None, caller: str = data.ANNA
) -> Iterator[Answer]:
    """All pages of a collection, by their next links; at most a hundred."""
    for _ in range(100):
        page = get(shop, address, headers, caller)
        assert page.status == 200, page.text
        yield page
        if page.next is None:
            return
        address = page.next
    raise AssertionError("the next links do not end")


def items(
    shop: Shop, address: str, headers: Mapping[str, str] | None = None, caller: str = data.ANNA
) -> list[Any]:
    """The items of all pages."""
    return [item for page in pages(shop, address, headers, caller) for item in page.value]


@contextmanager
def counted(shop: Shop) -> Iterator[list[str]]:
    """The SQL statements that run inside, without those that begin and end transactions."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    run = Prepared.rows

    def rows(self: Prepared, *arguments: Any) -> Any:
        seen.append(self.sql)
        return run(self, *arguments)

    event.listen(shop.store.engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Prepared, "rows", rows)
            yield seen
    finally:
        event.remove(shop.store.engine, "before_cursor_execute", note)


def _sent(text: str) -> str:
    return "".join(each if "!" <= each <= "~" else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
