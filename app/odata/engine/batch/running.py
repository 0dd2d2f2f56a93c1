"""$batch: each request answered in turn, those of a change set in one transaction (Protocol 11.7)."""

from collections.abc import Sequence
from dataclasses import replace

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
PASSED_ON = ("odata-version", "odata-maxversion", "accept", "prefer", "accept-language")


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
        kind = headers.media_type(request.headers.get("content-type"))
        if kind.name == "multipart/mixed":
            content_type = request.headers.get("content-type", "")
            batch = multipart.read(request.body, content_type, service.limits)
        else:
            headers.require_json(request.headers.get("content-type"))
            batch = json.read(request.body, service.limits)
        is_multipart = kind.name == "multipart/mixed"
        results = Run(service, request, multipart_format=is_multipart).all(batch)
        return _written(request, version, kind.name, results)
    except DomainError as error:
        return error_reply(error, version, service.spell)


def _written(
    request: Request, version: str, kind: str, results: Sequence[Result | Sequence[Result]]
) -> Reply:
    """In the format that the client asks for, or else that of his request."""
    accept = request.headers.get("accept", "")
    wants_json = "application/json" in accept and "multipart/mixed" not in accept
    if kind == "multipart/mixed" and not wants_json:
        body, content_type = multipart.write(results)
    else:
        body, content_type = json.write(results), "application/json"
    return Reply(200, {"OData-Version": version, "Content-Type": content_type}, body)


class Run:
    """One batch on its way: what its requests have made so far, by Content-ID."""

    def __init__(self, service: Service, request: Request, *, multipart_format: bool) -> None:
        self._service = service
        self._request = request
        self._known: dict[str, str] = {}
        self._failed: set[str] = set()
        self._roots = [request.root]
        prefer = headers.prefer(request.headers.get("prefer"))
        # In JSON every request is answered, whatever became of others (JSON Format 19).
        self._stops = multipart_format and not prefer.continue_on_error

    def all(self, batch: Batch) -> list[Result | Sequence[Result]]:
        """The answers, up to the first failure unless the client wants to go on."""
        results: list[Result | Sequence[Result]] = []
        for each in batch.items:
            if isinstance(each, ChangeSet):
                found = self._change_set(each)
                results.append(found)
                failed = isinstance(found, Result)
            else:
                one = self._single(each)
                results.append(one)
                failed = one.status >= FAILED
            if failed and self._stops:
                break
        return results

    def _single(self, item: Item) -> Result:
        if any(name in self._failed for name in item.depends_on):
            return self._noted(item, self._refused(item, FailedDependency(DEPENDS)))
        return self._noted(item, self._answer(item))

    def _noted(self, item: Item, result: Result) -> Result:
        if result.status >= FAILED and item.id is not None:
            self._failed.add(item.id)
        return result

    def _refused(self, item: Item | None, error: DomainError) -> Result:
        reply = error_reply(error, "4.0", self._service.spell)
        assert isinstance(reply.body, bytes)
        name = None if item is None else item.id
        return Result(name, reply.status, reply.headers, reply.body)

    def _change_set(self, group: ChangeSet) -> Result | list[Result]:
        """The answers to all of it; or the one failure, with nothing done."""
        before = dict(self._known)

        def run() -> list[Result]:
            self._known = dict(before)
            results = []
            for item in group.items:
                result = replace(self._answer(item), group=group.id)
                if result.status >= FAILED:
                    raise _Undone(result)
                results.append(result)
            return results

        depends = [name for item in group.items for name in item.depends_on]
        try:
            if any(name in self._failed for name in depends):
                raise _Undone(self._refused(_first(group), FailedDependency(DEPENDS)))
            done: list[Result] = self._service.atomically(self._request.caller, run)
            return done
        except _Undone as undone:
            failure = undone.result
        except DomainError as error:
            failure = self._refused(_first(group), error)
        self._known = before
        self._failed.add(group.id)
        self._failed.update(item.id for item in group.items if item.id is not None)
        return replace(failure, group=group.id)

    def _answer(self, item: Item) -> Result:
        url = resolve(item.url, self._known, self._roots)
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
            body=resolve_body(item.body or b"", self._known, self._roots),
            caller=self._request.caller,
        )
        if is_batch(asked):
            return self._refused(item, BadRequest("A batch cannot hold a batch"))
        reply = answer(self._service, asked)
        body = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
        if item.id is not None and reply.status < FAILED:
            self._known[item.id] = reply.headers.get("Location", url)
        return Result(item.id, reply.status, reply.headers, body)

    def _headers(self, item: Item) -> dict[str, str]:
        """What the batch says of itself holds for its requests, unless they say otherwise."""
        passed = {name: value for name, value in self._request.headers.items() if name in PASSED_ON}
        passed.pop("prefer", None)
        if "multipart" in passed.get("accept", ""):
            passed.pop("accept")
        return {**passed, **item.headers}


def _first(group: ChangeSet) -> Item | None:
    return group.items[0] if group.items else None
