"""The scripts that drive a server with the npm package `teamwork-api`, what they print, and
which calls of it Tandem does not serve.

The package takes no port in its URL, so Tandem is its HTTP proxy under a made-up dotted name
(facts 1.2: it sends the scheme as BASIC).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients import node
from tests.live import KEY, Server

FOLDER = Path(__file__).parent / "teamwork-api"
OK = {"STATUS": "OK"}

# What the package calls and Tandem refuses, with what it answers and why.
NO_SUCH_PATH = 404
NOT_SERVED: dict[str, tuple[int, str]] = {
    "activity.delete": (NO_SUCH_PATH, "what happened stays written down"),
    "files.createComment": (NO_SUCH_PATH, "every comment is on a task, in the store as well"),
    "files.getComments": (NO_SUCH_PATH, "every comment is on a task, in the store as well"),
    "files.link": (NO_SUCH_PATH, "no file is open to those who have no key"),
    "people.stats": (NO_SUCH_PATH, "figures of a start page, whose members no source tells"),
    "people.status": (NO_SUCH_PATH, "people have no status messages"),
    "projects.getEmailAddress": (NO_SUCH_PATH, "no mail is received"),
    "projects.getRates": (NO_SUCH_PATH, "nothing is priced"),
    "projects.setEmailAddress": (NO_SUCH_PATH, "no mail is received"),
    "projects.setRates": (NO_SUCH_PATH, "nothing is priced"),
}
# Steps whose calls are answered with OK and of which nothing comes: they send members that Tandem
# does not know to an address that it serves. All projects have the same parts, and none a logo.
IGNORED = ("features", "logo")
# Resources of the package that Tandem has nothing of, and what other resources have about them.
OTHER_RESOURCES = (
    "calendar clocking expenses fileCategories invoices linkCategories links messageCategories "
    "messages milestones notebookCategories notebooks risks roles status workload"
)
OTHER_CALLS = (
    "people.clockIns projects.createExpense projects.createFileCategory projects.createInvoice "
    "projects.createLinkCategory projects.createMessage projects.createMessageCategory "
    "projects.createMilestone projects.createNotebook projects.createNotebookCategory "
    "projects.getCategoryMessages projects.getExpenses projects.getFileCategories "
    "projects.getInvoices projects.getLinkCategories projects.getLinks "
    "projects.getMessageCategories projects.getMessages projects.getMilestones "
    "projects.getNotebookCategories projects.getNotebooks projects.getRisks projects.getRoles"
)

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What a script was answered, by its steps; which calls of the package were answered with
    success, and which were only ever refused; and all calls that the package has.
    """

    answers: Answers
    served: frozenset[str]
    refused: frozenset[str]
    known: frozenset[str]


def drive(name: str, server: Server) -> Said:
    """Run a script of the folder against a server, as its administrator."""
    node.install(FOLDER)
    said = json.loads(node.run(FOLDER / f"{name}.js", KEY, proxy=server.url))
    served = frozenset(call for call, answered in said["calls"].items() if answered)
    return Said(
        said["answers"], served, frozenset(said["calls"]) - served, frozenset(said["known"])
    )


def each(items: list[dict[str, Any]], member: str) -> list[Any]:
    """One member of every item."""
    return [item[member] for item in items]
