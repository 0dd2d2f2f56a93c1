"""Who carries out the commands of structure_commands.py: command type to handler."""

from collections.abc import Callable
from typing import Any

from app.services.work import Work

STRUCTURE_HANDLERS: dict[type, Callable[[Any, Work], Any]] = {}
