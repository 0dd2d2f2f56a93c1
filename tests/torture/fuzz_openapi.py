"""What schemathesis makes of /openapi.json: requests that the document allows and such that it does
not, for every operation.

None may be answered by a failure, by HTML, with a status or in a shape that the document does not
tell of.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from tests.api import basic
from tests.torture.fuzz_running import CALLERS, PERIOD, Firing, opened
from tests.torture.fuzz_shots import Answer, Shot, fire, seed_of_environment
from tests.torture.report import Report, say

MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
CONFORMING: Final = ("status_code", "content_type", "response_schema")
MOST_ID: Final = 40  # nearly all ids in the store are below
KEYLESS: Final = 0.02  # requests that keep what schemathesis made up as their key
# schemathesis does not unpack what it asks to be packed.
LEFT_OUT: Final = ("HTTP_HOST", "HTTP_ACCEPT_ENCODING")
# Of a method or an address that no operation has, no operation tells.
COMMON: Final = (401, 404, 405)


class Tap:
    """The application as schemathesis calls it; keeps the last request and its answer."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.shot = Shot("GET", "/")
        self.answer = Answer(0, {}, b"", 0.0)

    def __call__(self, environ: Mapping[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        headers = {
            name[5:].replace("_", "-").title(): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_") and name not in LEFT_OUT
        }
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        target, body = environ["RAW_URI"], environ["wsgi.input"].read(length)
        self.shot = Shot(environ["REQUEST_METHOD"], target, body, headers)
        self.answer = fire(self._app, self.shot)
        start(f"{self.answer.status or 500} X", list(self.answer.headers.items()))
        return [self.answer.body]


class Sending:
    """Sends what schemathesis draws, a period for each caller."""

    def __init__(self, firing: Firing, tap: Tap) -> None:
        load_all_checks()
        self.firing, self.tap, self.sent = firing, tap, 0
        self.draw = random.Random(seed_of_environment())
        self.checks = CHECKS.get_by_names([f"{each}_conformance" for each in CONFORMING])

    @property
    def caller(self) -> str:
        """Whose turn it is."""
        return CALLERS[self.sent // PERIOD % len(CALLERS)]

    def send(self, case: Case) -> None:
        """Fire one, with ids that there are, and judge."""
        where = f"{self.caller} {self.sent}"
        case.path_parameters = _known(case.path_parameters)
        case.body, case.query = _known(case.body), _known(case.query)
        self.firing.failures.clear()
        keyless = self.draw.random() < KEYLESS
        headers = None if keyless else basic(self.firing.stage.keys[self.caller])
        if not keyless:
            for name in ("x-api-key", "Authorization"):
                case.headers.pop(name, None)
        response = case.call(headers=headers)
        self.firing.longest = max(self.firing.longest, self.tap.answer.seconds)
        self.firing.judge(self.tap.shot, self.tap.answer, where)
        if self.tap.answer.status not in COMMON:
            for fault in self._undocumented(case, response):
                self.firing.tell(fault, self.tap.shot, where)
        self.sent += 1
        if self.sent % PERIOD == 0:
            self.end_of_period(where)

    def end_of_period(self, where: str) -> None:
        """Look through the store."""
        caller = CALLERS[(self.sent - 1) // PERIOD % len(CALLERS)]
        self.firing.end_of_period(caller, where)
        told = len(self.firing.report.broken)
        say(f"\r{self.firing.report.engine}: {self.sent}, {told} broken  ", end="")

    def _undocumented(self, case: Case, response: Any) -> list[str]:
        try:
            case.validate_response(response, checks=self.checks)
        except FailureGroup as group:
            return [f"{each.title}: {each.message}"[:400] for each in group.exceptions]
        return []


def _known(value: Any) -> Any:
    """Most numbers become such as ids in the store have."""
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_known(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool) and value > MOST_ID and value % 8:
        return value % MOST_ID + 1
    return value


def run(engine: str, cases: int) -> Report:
    """Fire so many: as many of each operation, half of them what the document does not allow."""
    with opened("fuzz_openapi", engine, cases) as firing:
        tap = Tap(firing.stage.app)
        sending = Sending(firing, tap)
        document = schemathesis.openapi.from_wsgi("/openapi.json", tap)
        operations = [each.ok() for each in document.get_all_operations()]
        if cases < len(operations):
            operations = operations[:: len(operations) // cases]
        while sending.sent < cases:
            for number, operation in enumerate(operations):
                left = len(operations) - number
                most = -(-(cases - sending.sent) // left)
                for mode in MODES:
                    _drawn(operation, mode, -(-most // 2), number, sending)
                if sending.sent >= cases:
                    break
        sending.end_of_period("end")
        firing.report.figures |= {"cases": sending.sent, "operations": len(operations)}
    return firing.report


def _drawn(operation: Any, mode: GenerationMode, most: int, number: int, sending: Sending) -> None:
    """So many cases of one operation; there may be fewer."""

    @seed(seed_of_environment() * 1000 + number + sending.sent)
    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def send(case: Case) -> None:
        sending.send(case)

    with suppress(Unsatisfiable):  # whatever is sent to this one, the document allows it
        send()
