"""`flask` commands for whoever runs the server. What others read goes to stdout, all else to
stderr.
"""

from flask import Flask

from app.cli.audit import audit_command
from app.cli.backup import dump_command, restore_command
from app.cli.keys import keys
from app.cli.people import people
from app.cli.serving import deliver_command, start
from app.cli.store import account, analyse_command, purge_command, seed
from app.cli.undelete import undelete_command

COMMANDS = (
    people,
    keys,
    start,
    account,
    audit_command,
    seed,
    analyse_command,
    purge_command,
    deliver_command,
    dump_command,
    restore_command,
    undelete_command,
)


def register_commands(app: Flask) -> None:
    """Add all commands to an application."""
    for command in COMMANDS:
        app.cli.add_command(command)
