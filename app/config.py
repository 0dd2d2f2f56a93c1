"""Typed settings, read once from the environment. The README's table lists them; a test compares
the two.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from limits import parse_many

ROOT = Path(__file__).resolve().parent.parent
POSTGRESQL = "postgresql+psycopg://"
SHAPES = ("documented", "live")
STORES = ("redis", "rediss", "redis+unix", "valkey", "memcached", "mongodb", "memory")


def setting(name: str, default: str, about: str) -> str:
    """A dataclass field that an environment variable fills; `about` is its line in the README."""
    return field(default=default, metadata={"name": name, "about": about})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings as text, checked by `read`; the properties give them their types."""

    host: str = setting("HOST", "127.0.0.1", "address that the server listens on")
    port: str = setting("PORT", "8000", "port that the server listens on")
    workers: str = setting("WEB_CONCURRENCY", "2", "server processes")
    prepare: str = setting(
        "TANDEM_PREPARE",
        "0",
        "`1`: gunicorn migrates and sets up the store and runs the worker; `make serve` does so",
    )
    database_url: str = setting(
        "DATABASE_URL",
        "sqlite:///instance/tandem.db",
        "`sqlite:///file` or `postgresql://user:password@host/name`",
    )
    read_url: str = setting(
        "DATABASE_READ_URL",
        "",
        "streaming replicas for reads, separated by commas: docs/scaling.md",
    )
    prepared_statements: str = setting(
        "DATABASE_PREPARED_STATEMENTS",
        "1",
        "`0`: no prepared statements, for PgBouncer before 1.22 in transaction mode",
    )
    threads: str = setting(
        "WEB_THREADS",
        "2",
        "threads of a server process; on SQLite one works, others join in beside long requests",
    )
    timezone: str = setting("TANDEM_TIMEZONE", "UTC", "the account's time zone, an IANA name")
    clock: str = setting(
        "TANDEM_CLOCK", "", "an ISO 8601 instant at which the clock stands still, for tests"
    )
    shape: str = setting(
        "TANDEM_TEAMWORK_SHAPE",
        "documented",
        "`documented`: payloads as Teamwork's page prints them; `live`: as its service sends them",
    )
    admin_key: str = setting(
        "TANDEM_ADMIN_KEY", "", "fixes the first administrator's key (20 characters or more)"
    )
    sample: str = setting("TANDEM_SAMPLE", "1", "`0`: an empty store gets no sample project")
    files: str = setting("TANDEM_FILES", "instance/files", "folder that keeps uploaded files")
    max_upload: str = setting("TANDEM_MAX_UPLOAD", "26214400", "largest upload in bytes")
    link: str = setting(
        "TANDEM_URL",
        "http://127.0.0.1:8000",
        "address of this server in mail, without a slash at its end",
    )
    smtp_url: str = setting(
        "TANDEM_SMTP_URL",
        "",
        "`smtp://user:password@host:port`, `?starttls=1`, or `smtps://…`; without it mail goes "
        "to the log",
    )
    mail_from: str = setting("TANDEM_MAIL_FROM", "Tandem <tandem@localhost>", "sender of mail")
    lease: str = setting(
        "TANDEM_LEASE",
        "120",
        "seconds until another worker sends what one has taken up and not ended",
    )
    webhook_allow_private: str = setting(
        "TANDEM_WEBHOOK_ALLOW_PRIVATE",
        "0",
        "`1`: webhooks may call loopback, private and link-local addresses",
    )
    synchronous: str = setting(
        "TANDEM_SQLITE_SYNCHRONOUS",
        "FULL",
        "`FULL`: a write survives a power cut; `NORMAL`: faster, the last writes may not",
    )
    rate_limit: str = setting(
        "TANDEM_RATE_LIMIT",
        "",
        "requests of a key, or of an address without one, as in `150/minute`; empty: no limit",
    )
    rate_status: str = setting(
        "TANDEM_RATE_STATUS", "429", "status of a refusal: `429`, or `400` for older clients"
    )
    rate_store: str = setting(
        "TANDEM_RATE_STORE",
        "",
        "where requests are counted: empty, this server; `redis://…` and the like: docs/keys.md",
    )
    key_tries: str = setting(
        "TANDEM_KEY_TRIES",
        "60/minute",
        "wrong keys of an address before they are refused unseen; `0`: any number",
    )
    trusted_proxies: str = setting(
        "TANDEM_TRUSTED_PROXIES",
        "0",
        "proxies before this server whose `X-Forwarded-…` headers are believed",
    )
    statement_timeout: str = setting(
        "TANDEM_STATEMENT_TIMEOUT",
        "30",
        "seconds that a statement of a request may take; `0`: as long as it takes",
    )
    log: str = setting("TANDEM_LOG", "text", "`text`: lines for people; `json`: for programs")
    access_log: str = setting(
        "TANDEM_ACCESS_LOG", "0", "`1`: a line in the log for each request: docs/operations.md"
    )
    cors: str = setting(
        "TANDEM_CORS",
        "",
        "origins whose pages may call, separated by commas, or `*`: docs/operations.md",
    )
    metrics: str = setting(
        "TANDEM_METRICS",
        "",
        "token (16 characters or more) for `/metrics`, which is off without it",
    )
    odata_page: str = setting("TANDEM_ODATA_PAGE", "100", "entities on a page of OData")
    odata_max_page: str = setting(
        "TANDEM_ODATA_MAX_PAGE", "1000", "most entities on a page that a client may ask for"
    )
    odata_max_url: str = setting(
        "TANDEM_ODATA_MAX_URL", "8192", "longest OData address, characters"
    )
    odata_max_nodes: str = setting(
        "TANDEM_ODATA_MAX_NODES", "200", "most nodes in the expressions of an OData request"
    )
    odata_max_depth: str = setting(
        "TANDEM_ODATA_MAX_DEPTH", "32", "deepest nesting of an OData expression"
    )
    odata_max_in: str = setting("TANDEM_ODATA_MAX_IN", "1000", "most items of an `in`")
    odata_max_batch: str = setting("TANDEM_ODATA_MAX_BATCH", "100", "most requests of a `$batch`")

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address with the driver that Tandem uses; a file's path is made
        absolute.
        """
        url = _with_driver(self.database_url)
        if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
            path = url.removeprefix("sqlite:///")
            return f"sqlite:///{ROOT / path}" if path not in ("", ":memory:") else url
        return url

    @property
    def sqlalchemy_read_urls(self) -> tuple[str, ...]:
        """The replicas' addresses with the driver that Tandem uses."""
        return tuple(_with_driver(url.strip()) for url in self.read_url.split(",") if url.strip())

    @property
    def fixed_instant(self) -> datetime | None:
        """The instant of TANDEM_CLOCK, UTC unless it names an offset."""
        if not self.clock:
            return None
        instant = datetime.fromisoformat(self.clock)
        return instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo("UTC"))

    @property
    def files_path(self) -> Path:
        """The folder of the uploaded files."""
        return ROOT / self.files


def _with_driver(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return POSTGRESQL + url.removeprefix(prefix)
    return url


class BadSetting(ValueError):
    """A setting that cannot be read; the message names it."""


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment (or a mapping in its place). Raises BadSetting."""
    source = os.environ if environment is None else environment
    fields = Settings.__dataclass_fields__
    values = {
        key: source[spec.metadata["name"]]
        for key, spec in fields.items()
        if source.get(spec.metadata["name"], "") != ""
    }
    settings = Settings(**values)
    _check(settings)
    return settings


def _check_database(settings: Settings) -> None:
    addresses = (settings.sqlalchemy_url, *settings.sqlalchemy_read_urls)
    if settings.read_url and not all(url.startswith(POSTGRESQL) for url in addresses):
        raise BadSetting("DATABASE_READ_URL: replicas of a PostgreSQL in DATABASE_URL")
    if settings.synchronous.upper() not in ("FULL", "NORMAL"):
        raise BadSetting("TANDEM_SQLITE_SYNCHRONOUS: FULL or NORMAL")


def _check(settings: Settings) -> None:
    _check_database(settings)
    if settings.timezone not in available_timezones():
        raise BadSetting(f"TANDEM_TIMEZONE: no such zone: {settings.timezone}")
    if settings.shape not in SHAPES:
        raise BadSetting(f"TANDEM_TEAMWORK_SHAPE: one of {', '.join(SHAPES)}")
    if settings.admin_key and len(settings.admin_key) < 20:
        raise BadSetting("TANDEM_ADMIN_KEY: at least 20 characters")
    _check_switches(settings)
    _check_numbers(settings)
    _check_limits(settings)
    _check_mail(settings)
    _check_surroundings(settings)
    try:
        _ = settings.fixed_instant
    except ValueError:
        raise BadSetting(f"TANDEM_CLOCK: not an ISO 8601 instant: {settings.clock}") from None


def _check_limits(settings: Settings) -> None:
    for name, value in (
        ("TANDEM_RATE_LIMIT", settings.rate_limit),
        ("TANDEM_KEY_TRIES", settings.key_tries),
    ):
        if value not in ("", "0") and not _is_limit(value):
            raise BadSetting(f"{name}: a limit such as 150/minute")
    if settings.rate_status not in ("429", "400"):
        raise BadSetting("TANDEM_RATE_STATUS: 429 or 400")
    if settings.rate_store and urlsplit(settings.rate_store).scheme not in STORES:
        raise BadSetting(f"TANDEM_RATE_STORE: an address of {', '.join(STORES)}")


def _is_limit(text: str) -> bool:
    try:
        found = parse_many(text)
    except ValueError:
        return False
    return len(found) == 1 and found[0].amount > 0


def _check_surroundings(settings: Settings) -> None:
    if settings.log not in ("text", "json"):
        raise BadSetting("TANDEM_LOG: text or json")
    if settings.metrics and len(settings.metrics) < 16:
        raise BadSetting("TANDEM_METRICS: at least 16 characters")
    if settings.cors in ("", "*"):
        return
    for origin in settings.cors.split(","):
        parts = urlsplit(origin.strip())
        if not parts.netloc or f"{parts.scheme}://{parts.netloc}" != origin.strip():
            raise BadSetting("TANDEM_CORS: *, or origins as in https://example.com")


def _check_mail(settings: Settings) -> None:
    parts = urlsplit(settings.smtp_url)
    if settings.smtp_url and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise BadSetting("TANDEM_SMTP_URL: smtp://host:port or smtps://host:port")
    if not settings.link.startswith(("http://", "https://")) or settings.link.endswith("/"):
        raise BadSetting("TANDEM_URL: http://… or https://…, without a slash at its end")
    if not settings.mail_from.isprintable() or "@" not in settings.mail_from:
        raise BadSetting("TANDEM_MAIL_FROM: an e-mail address, with a name or without")


def _check_switches(settings: Settings) -> None:
    for name, value in (
        ("TANDEM_SAMPLE", settings.sample),
        ("TANDEM_PREPARE", settings.prepare),
        ("TANDEM_WEBHOOK_ALLOW_PRIVATE", settings.webhook_allow_private),
        ("DATABASE_PREPARED_STATEMENTS", settings.prepared_statements),
        ("TANDEM_ACCESS_LOG", settings.access_log),
    ):
        if value not in ("0", "1"):
            raise BadSetting(f"{name}: 0 or 1")


def _check_numbers(settings: Settings) -> None:
    for name, value in (
        ("PORT", settings.port),
        ("WEB_CONCURRENCY", settings.workers),
        ("WEB_THREADS", settings.threads),
        ("TANDEM_MAX_UPLOAD", settings.max_upload),
        ("TANDEM_LEASE", settings.lease),
        ("TANDEM_STATEMENT_TIMEOUT", settings.statement_timeout),
        ("TANDEM_TRUSTED_PROXIES", settings.trusted_proxies),
        *(
            (spec.metadata["name"], getattr(settings, name))
            for name, spec in Settings.__dataclass_fields__.items()
            if name.startswith("odata_")
        ),
    ):
        if not value.isdigit() or not value.isascii():
            raise BadSetting(f"{name}: a whole number")
    if int(settings.port) > 65_535:
        raise BadSetting("PORT: at most 65535")
