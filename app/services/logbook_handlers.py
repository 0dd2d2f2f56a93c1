"""Who carries out the commands of logbook_commands.py: command type to handler."""

from collections.abc import Callable
from typing import Any

from app.services.work import Work

LOGBOOK_HANDLERS: dict[type, Callable[[Any, Work], Any]] = {}
