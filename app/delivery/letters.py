"""Messages of the outbox as e-mail: text and HTML, threaded by task, with a way to unsubscribe."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html import escape
from typing import Any, Final
from urllib.parse import urlsplit

# Some programs do not find an address that is folded onto a line of its own.
UNFOLDED: Final = SMTP.clone(max_line_length=300)
LONGEST: Final = 150  # characters of a subject

_ENDS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message is made of: who gets it from whom, about which task, and what it says. `uid`
    is the message's own id, `link` the server's address.
    """

    uid: str
    kind: str
    recipient: Any
    actor: Any
    task: Any
    text: str
    note_html: str
    created_at: Any
    sender: str
    link: str


def _changed(letter: Letter) -> str:
    return f"{_name(letter.actor)} {letter.text or 'changed'} this task."


SAYS: Final[dict[str, Callable[[Letter], str]]] = {
    "task.assigned": lambda letter: f"{_name(letter.actor)} assigned this task to you.",
    "task.changed": _changed,
    "task.told": lambda letter: f"{_name(letter.actor)} told you of this task.",
    "note.added": lambda letter: f"{_name(letter.actor)} wrote a comment.",
    "reminder": lambda letter: "You wanted to be reminded of this task.",
}


def written(letter: Letter) -> EmailMessage:
    """The e-mail. Nothing that a person typed can begin a header of its own."""
    host = urlsplit(letter.link).hostname or "localhost"
    thread = f"<task-{letter.task.uid}@{host}>"
    message = EmailMessage(policy=UNFOLDED)
    message["From"] = letter.sender
    message["To"] = formataddr((_line(_name(letter.recipient)), _line(letter.recipient.email)))
    message["Subject"] = _line(letter.task.name)[:LONGEST] or "A task"
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = f"<{letter.uid}@{host}>"
    message["In-Reply-To"] = thread
    message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"
    away = f"{letter.link}/unsubscribe/{letter.uid}"
    message["List-Unsubscribe"] = f"<{away}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    said = SAYS.get(letter.kind, _changed)(letter)
    message.set_content(_text(letter, said, away))
    message.add_alternative(_html(letter, said, away), subtype="html")
    return message


def _text(letter: Letter, said: str, away: str) -> str:
    parts = [said, "", letter.task.name]
    if letter.kind in ("note.added", "reminder") and letter.text:
        parts += ["", letter.text]
    if letter.task.due_on:
        parts += ["", f"Due: {letter.task.due_on.isoformat()}"]
    return "\n".join([*parts, "", "-- ", f"No more mail about this task: {away}", ""])


def _html(letter: Letter, said: str, away: str) -> str:
    parts = [f"<p>{escape(said)}</p>", f"<h2>{escape(letter.task.name)}</h2>"]
    if letter.note_html:
        parts.append(letter.note_html)  # sanitised when it was stored
    elif letter.kind == "reminder" and letter.text:
        parts.append(f"<p>{escape(letter.text)}</p>")
    if letter.task.due_on:
        parts.append(f"<p>Due: {letter.task.due_on.isoformat()}</p>")
    parts.append(f'<p><a href="{escape(away)}">No more mail about this task</a></p>')
    return "<!DOCTYPE html><html><body>" + "".join(parts) + "</body></html>"


def _name(person: Any) -> str:
    return f"{person.first_name} {person.last_name}".strip() or "Somebody"


def _line(text: str) -> str:
    """In one line: what could end a header becomes a space."""
    return _ENDS.sub(" ", text).strip()
