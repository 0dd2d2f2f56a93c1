"""$batch: each request answered in turn, those of a change set in one transaction (Protocol 11.7;
JSON Format 19).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.errors import DomainError
from app.odata.engine import headers
from app.odata.engine.addresses import relative
from app.odata.engine.batch import json, multipart
from app.odata.engine.batch.items import Batch, ChangeSet, Item, Result
from app.odata.engine.batch.references import resolve, resolve_body
from app.odata.engine.envelope import error_reply
from app.odata.engine.messages import Reply, Request
from app.odata.engine.problems import BadRequest, FailedDependency, NotAllowed
from app.odata.engine.protocol import answer
from app.odata.engine.source import Service

FAILED = 400  # statuses from here on are failures
DEPENDS = "A request that it depends on failed"
# What the batch says holds for its requests, unless they say otherwise (Protocol 8.1.5, 8.2).
PASSED_ON = ("odata-version", "odata-maxversion", "accept", "accept-language")
CONDITIONS = ("if-match", "if-none-match")
BOTH = ("json", "multipart")


class _Undone(Exception):
    """A request of a change set failed: the whole set is undone."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.status)
        self.result = result


def is_batch(request: Request) -> bool:
    """The request is for $batch."""
    return request.path.strip("/").replace("%24", "$").lower() == "$batch"


def answer_batch(service: Service, request: Request) -> Reply:
    """Answer a whole batch. Each request in it has its own answer; what makes the batch itself
    unreadable is the answer to the batch.
    """
    version = "4.0"
    try:
        version = headers.version(request.headers)
        if request.method != "POST":
            raise NotAllowed("A batch is sent by POST", allowed=("POST",))
        content_type = request.headers.get("content-type", "")
        is_multipart = headers.media_type(content_type).name == "multipart/mixed"
        kind = _kind(request, version, is_multipart=is_multipart)
        if is_multipart:
            batch = multipart.read(request.body, content_type, service.limits)
        else:
            headers.require_json(content_type)
            batch = json.read(request.body, service.limits)
        results = Run(service, request, in_parts=is_multipart).all(batch)
    except DomainError as error:
        return error_reply(error, version, service.spell)
    if kind == "multipart":
        body, content_type = multipart.write(results)
    else:
        body, content_type = json.write(results), "application/json"
    return Reply(200, {"OData-Version": version, "Content-Type": content_type}, body)


def _kind(request: Request, version: str, *, is_multipart: bool) -> str:
    """The format of the answer: that which Accept names, or else that of the request. Version 4.0
    knows no JSON here, so that its clients mean the requests inside by it. Raises NotAcceptable.
    """
    if is_multipart and version == "4.0":
        return "multipart"
    allowed = BOTH[::-1] if is_multipart else BOTH
    return headers.negotiate(request.headers, None, allowed=allowed).kind


@dataclass(slots=True)
class Known:
    """What the requests so far have made, by their ids."""

    addresses: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)

    def copy(self) -> "Known":
        """The same, to be changed apart."""
        return Known(dict(self.addresses), dict(self.etags))


class Run:
    """One batch on its way. `in_parts`: it came as multipart."""

    def __init__(self, service: Service, request: Request, *, in_parts: bool) -> None:
        self._service = service
        self._request = request
        self._known = Known()
        self._failed: set[str] = set()
        self._roots = [request.root]
        self._in_parts = in_parts
        going_on = headers.prefer(request.headers.get("prefer")).continue_on_error
        # Parts end with the first failure unless the client wants to go on; JSON goes on unless he
        # does not (Protocol 11.7.7.5, JSON Format 19.5).
        self._stops = not going_on if in_parts else going_on is False

    def all(self, batch: Batch) -> list[Result | Sequence[Result]]:
        """The answers, as far as the batch was followed."""
        results: list[Result | Sequence[Result]] = []
        for each in batch.items:
            found = self._change_set(each) if isinstance(each, ChangeSet) else self._single(each)
            results.append(found)
            first = found if isinstance(found, Result) else next(iter(found), None)
            if self._stops and first is not None and first.status >= FAILED:
                break
        return results

    def _single(self, item: Item) -> Result:
        result = self._refused(item, FailedDependency(DEPENDS))
        if not self._hangs_on_failed([item]):
            result = self._answer(item)
        if result.status >= FAILED and item.id is not None:
            self._failed.add(item.id)
        return result

    def _hangs_on_failed(self, items: Iterable[Item]) -> bool:
        """One of them names a request that failed: as what it depends on, in its address, or as
        the one whose ETag it means.
        """
        failed = dict.fromkeys(self._failed, "")
        return any(
            any(name in failed for name in item.depends_on)
            or resolve(item.url, failed, self._roots) != item.url
            or any(_named(item.headers.get(name, "")) in failed for name in CONDITIONS)
            for item in items
        )

    def _refused(self, item: Item, error: DomainError) -> Result:
        reply = error_reply(error, self._version(item), self._service.spell)
        assert isinstance(reply.body, bytes)
        return Result(item.id, reply.status, reply.headers, reply.body)

    def _version(self, item: Item) -> str:
        try:
            return headers.version(self._headers(item))
        except DomainError:
            return "4.0"

    # Change sets

    def _change_set(self, group: ChangeSet) -> Result | list[Result]:
        """The answers to all of it; or, with nothing done, what failed."""
        before = self._known
        if not group.items:
            return []

        def run() -> list[Result]:
            # The transaction may run again: nothing is known of what was undone.
            self._known = before.copy()
            return [self._succeeding(item) for item in group.items]

        try:
            if self._hangs_on_failed(group.items):
                raise _Undone(self._refused(group.items[0], FailedDependency(DEPENDS)))
            done: list[Result] = self._service.atomically(self._request.caller, run)
            return [replace(each, group=group.id) for each in done]
        except _Undone as undone:
            failure = undone.result
        except DomainError as error:
            failure = self._refused(group.items[0], error)
        self._known = before
        self._failed.add(group.id)
        self._failed.update(item.id for item in group.items if item.id is not None)
        return self._all_failed(group, failure)

    def _succeeding(self, item: Item) -> Result:
        result = self._answer(item)
        if result.status >= FAILED:
            raise _Undone(result)
        return result

    def _all_failed(self, group: ChangeSet, failure: Result) -> Result | list[Result]:
        """In parts one answer stands for all (Protocol 11.7.7.6); in JSON each request has its own,
        those that did not fail themselves 424.
        """
        if self._in_parts:
            return replace(failure, group=group.id)
        others = FailedDependency("Another request of its group failed")
        return [
            replace(
                failure if item.id == failure.id else self._refused(item, others), group=group.id
            )
            for item in group.items
        ]

    # Requests

    def _answer(self, item: Item) -> Result:
        url = resolve(item.url, self._known.addresses, self._roots)
        found = relative(url, self._roots)
        if found is None:
            return self._refused(item, BadRequest("The address is outside this service"))
        path, query = found
        asked = Request(
            method=item.method,
            root=self._request.root,
            path=path.strip("/"),
            query=query,
            headers=self._headers(item),
            body=resolve_body(item.body or b"", self._known.addresses, self._roots),
            caller=self._request.caller,
        )
        if is_batch(asked):
            return self._refused(item, BadRequest("A batch cannot hold a batch"))
        reply = answer(self._service, asked)
        body = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
        if item.id is not None and reply.status < FAILED:
            self._remember(item.id, reply, url)
        return Result(item.id, reply.status, reply.headers, body)

    def _remember(self, name: str, reply: Reply, url: str) -> None:
        self._known.addresses[name] = reply.headers.get("Location", url)
        if "ETag" in reply.headers:
            self._known.etags[name] = reply.headers["ETag"]

    def _headers(self, item: Item) -> dict[str, str]:
        """The request's own, and what it takes over from the batch. `$<id>` as a condition is the
        ETag of an earlier answer (Protocol 11.7.5).
        """
        passed = {
            name: value
            for name, value in self._request.headers.items()
            if name in PASSED_ON and "multipart" not in value
        }
        found = {**passed, **item.headers}
        for name in CONDITIONS:
            named = _named(found.get(name, ""))
            if named in self._known.etags:
                found[name] = self._known.etags[named]
        return found


def _named(condition: str) -> str | None:
    """The id of the request that `$<id>` means as a condition; None for any other."""
    text = condition.strip()
    return text[1:] if text.startswith("$") else None
