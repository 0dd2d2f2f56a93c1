"""A mail server and a receiver of webhooks on this machine, and an application that knows them."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from app.config import Settings
from app.delivery.worker import deliver_due


class Mailbox:
    """What the mail server took. `refuses` is what it says instead of taking, if anything."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuses = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a message."""
        if self.refuses:
            return self.refuses
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """The messages for an address."""
        return [each for each in self.messages if address in str(each["To"])]


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """A mail server, and its address as TANDEM_SMTP_URL has it."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port, server_hostname="mail.test")
    server.start()
    try:
        yield box, f"smtp://127.0.0.1:{port}"
    finally:
        server.stop()


@dataclass
class Receiver:
    """What arrived at an address: path, headers in lower case, body. `answers` are the statuses to
    come, 200 after them; one that is a tuple sends that header, too.
    """

    url: str = ""
    arrived: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int | tuple[int, str, str]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A web server that takes webhooks."""
    box = Receiver()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heads = {name.lower(): value for name, value in self.headers.items()}
            box.arrived.append((self.path, heads, body))
            answer = box.answers.pop(0) if box.answers else 200
            status, *header = answer if isinstance(answer, tuple) else (answer,)
            self.send_response(status)
            if header:
                self.send_header(*header)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    box.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Post:
    """The worker, run by hand: `deliver` sends what is due at the clock's instant."""

    settings: Settings
    mailbox: Mailbox

    def deliver(self) -> int:
        """One run of the worker."""
        return deliver_due(self.settings)


@pytest.fixture
def post(app: Flask, mailbox: tuple[Mailbox, str]) -> Post:
    """The worker with a mail server that may call this machine."""
    box, url = mailbox
    known = app.config["TANDEM"]
    settings = replace(known, smtp_url=url, link="https://tandem.test", webhook_allow_private="1")
    return Post(settings, box)
