"""/metrics for Prometheus, when TANDEM_METRICS names the token that it asks for.

Under gunicorn the processes keep their figures in files of PROMETHEUS_MULTIPROC_DIR, and whichever
is asked adds them up; gunicorn.conf.py makes that folder.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hmac import compare_digest
from typing import Any, Final

from flask import Flask
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.http.routes import Adapter
from app.http.surroundings import Exchange, Start
from app.queries.monitoring import Readiness, waiting

PATH: Final = "/metrics"
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS: Final = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "MERGE", "OPTIONS"},
)
NO_ROUTE: Final = "-"
# One route serves all of OData; its first segment says more.
ODATA: Final = re.compile(r"(?:/api(?:/v1)?)?/odata/(\$?[A-Za-z]+)")
TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
CHALLENGE: Final = ("WWW-Authenticate", 'Bearer realm="metrics"')


class Figures:
    """Counts exchanges. `dialects` names the dialect of a blueprint, `sets` the first segments of
    OData addresses that are worth a route of their own.
    """

    def __init__(
        self, app: Flask, dialects: Mapping[str, str], sets: Callable[[], Iterable[str]]
    ) -> None:
        self.registry = CollectorRegistry()
        self._app = app
        self._dialects = dialects
        self._sets = sets
        self._known_sets: frozenset[str] = frozenset()
        self._requests = Counter(
            "tandem_requests",
            "Requests that were answered.",
            ("dialect", "method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "tandem_request_seconds",
            "Time from a request to the end of its answer.",
            ("dialect", "method", "route"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._present = Gauge(
            "tandem_requests_in_flight",
            "Requests that are being answered.",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        # To find the series of labels costs more than to count: found once.
        self._series: dict[tuple[str, ...], tuple[Any, Any]] = {}
        self._matched = lru_cache(1024)(self._match)

    def began(self, _exchange: Exchange) -> None:
        """A request has come."""
        self._present.inc()

    def ended(self, exchange: Exchange) -> None:
        """It was answered."""
        self._present.dec()
        method = exchange.method if exchange.method in METHODS else "OTHER"
        dialect, route = self._place(exchange)
        key = (dialect, method, route, exchange.status)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = (
                self._requests.labels(*key),
                self._seconds.labels(*key[:3]),
            )
        series[0].inc()
        series[1].observe(exchange.seconds)

    def _place(self, exchange: Exchange) -> tuple[str, str]:
        rule = exchange.rule
        if rule is None:
            # A known answer was given before Flask looked for a route; the path is rewritten.
            return self._matched(exchange.environ.get("PATH_INFO", ""), exchange.method)
        return self._named(rule.rule, rule.endpoint, exchange.environ.get("PATH_INFO", ""))

    def _match(self, path: str, method: str) -> tuple[str, str]:
        adapter = Adapter(self._app.url_map, "localhost", "/", "", "http", path, method)
        try:
            rule, _ = adapter.match(return_rule=True)
        except HTTPException:
            return NO_ROUTE, NO_ROUTE
        return self._named(rule.rule, rule.endpoint, path)

    def _named(self, rule: str, endpoint: str, path: str) -> tuple[str, str]:
        dialect = self._dialects.get(endpoint.rpartition(".")[0], NO_ROUTE)
        found = ODATA.match(path) if "odata" in rule else None
        if found is None:
            return dialect, rule
        if not self._known_sets:
            with self._app.app_context():
                self._known_sets = frozenset(self._sets())
        return dialect, f"/odata/{found[1]}" if found[1] in self._known_sets else "/odata/*"


class _Store(Collector):
    """What is asked of the store when the figures are."""

    def __init__(self, app: Flask, version: str) -> None:
        self._app = app
        self._version = version
        self._readiness = Readiness("")  # of any schema

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The figures of the moment."""
        build = GaugeMetricFamily("tandem_build_info", "The program.", labels=["version"])
        build.add_metric([self._version], 1)
        yield build
        up = GaugeMetricFamily("tandem_database_up", "1: the database answers.")
        outbox = GaugeMetricFamily(
            "tandem_outbox_waiting", "Messages that are due and not sent.", labels=["kind"]
        )
        answers, due = self._asked()
        up.add_metric([], float(answers))
        for kind, number in due.items():
            outbox.add_metric([kind], number)
        yield up
        yield outbox

    def _asked(self) -> tuple[bool, dict[str, int]]:
        try:
            with self._app.app_context():
                return (True, waiting()) if self._readiness.ready() else (False, {})
        except SQLAlchemyError:
            return False, {}


class MetricsPage:
    """/metrics as a WSGI application."""

    def __init__(self, app: Flask, figures: Figures, token: str, version: str) -> None:
        self._figures = figures
        self._token = token.encode()
        self._store = _Store(app, version)

    def __call__(self, environ: Mapping[str, Any], start_response: Start) -> list[bytes]:
        """The figures, to who has the token."""
        scheme, _, sent = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        known = compare_digest(sent.strip().encode("latin-1", "replace"), self._token)
        if scheme.lower() != "bearer" or not known:
            return _said(start_response, "401 UNAUTHORIZED", b"A token is needed\n", CHALLENGE)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            allow = ("Allow", "GET, HEAD")
            return _said(start_response, "405 METHOD NOT ALLOWED", b"Only GET\n", allow)
        return _said(start_response, "200 OK", self._text())

    def _text(self) -> bytes:
        registry = CollectorRegistry()
        registry.register(self._store)
        if FOLDER in os.environ:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return bytes(generate_latest(registry))
        return bytes(generate_latest(registry) + generate_latest(self._figures.registry))


def _said(
    start_response: Start, status: str, body: bytes, *headers: tuple[str, str]
) -> list[bytes]:
    told = [("Content-Type", TYPE), ("Content-Length", str(len(body))), *headers]
    start_response(status, [*told, ("Cache-Control", "no-store")])
    return [body]
