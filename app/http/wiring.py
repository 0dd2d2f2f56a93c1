"""Puts the surroundings that the settings ask for around an application."""

from collections.abc import Callable, Iterable

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings
from app.http.cors import Cors
from app.http.dialects import Dialect
from app.http.logs import AccessLog
from app.http.metrics import PATH, Figures, MetricsPage
from app.http.surroundings import Surroundings, Telling, Watcher


def surround(
    app: Flask,
    dialects: Iterable[Dialect],
    settings: Settings,
    version: str,
    sets: Callable[[], Iterable[str]],
) -> None:
    """Put the outermost layer around a complete application. `sets` gives the first segments of
    OData addresses that are counted by themselves.
    """
    watchers: list[Watcher] = []
    pages = {}
    if settings.metrics:
        of_blueprints = {
            blueprint.name: dialect.name
            for dialect in dialects
            for blueprint, _ in dialect.blueprints
        }
        figures = Figures(app, of_blueprints, sets)
        watchers.append(figures)
        pages[PATH] = MetricsPage(app, figures, settings.metrics, version)
    if settings.access_log == "1":
        watchers.append(Telling(AccessLog(settings.log).tell))
    cors = Cors(settings.cors) if settings.cors else None
    layer = Surroundings(app.wsgi_app, cors, tuple(watchers), pages)
    proxies = int(settings.trusted_proxies)
    app.wsgi_app = (  # type: ignore[method-assign]
        ProxyFix(layer, x_for=proxies, x_proto=proxies, x_host=proxies) if proxies else layer
    )
