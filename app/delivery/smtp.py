"""The way to the mail server of TANDEM_SMTP_URL; without one, mail is written to the log."""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

SECONDS: Final = 20.0  # for each answer of the mail server
PORTS: Final = {"smtp": 25, "smtps": 465}

log = logging.getLogger(__name__)


class Post(Protocol):
    """Something that takes messages."""

    def send_message(self, message: EmailMessage) -> object:
        """Take a message. Raises OSError or SMTPException."""


class _Log:
    def send_message(self, message: EmailMessage) -> None:
        """Write the message to the log."""
        log.warning(
            "no TANDEM_SMTP_URL, so this is not sent: to %s: %s", message["To"], message["Subject"]
        )


@contextmanager
def connected(url: str) -> Iterator[Post]:
    """A connection to the mail server: `smtp://user:password@host:port`, with `?starttls=1` for
    encryption that is required, or `smtps://…`. Raises OSError or SMTPException.
    """
    if not url:
        yield _Log()
        return
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
    secure = ssl.create_default_context()
    made = (
        smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=secure)
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=SECONDS)
    )
    with made as server:
        if parse_qs(parts.query).get("starttls") == ["1"]:
            server.starttls(context=secure)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
