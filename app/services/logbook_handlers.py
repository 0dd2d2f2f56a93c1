"""Who carries out the commands on time, files and cards: command type to handler."""

from collections.abc import Callable
from typing import Any

from app.services import cards, file_versions, worklog
from app.services import logbook_commands as commands
from app.services.work import Work

LOGBOOK_HANDLERS: dict[type, Callable[[Any, Work], Any]] = {
    commands.AddCard: cards.add_card,
    commands.AddFileVersion: file_versions.add_file_version,
    commands.AddFiles: file_versions.add_files,
    commands.AttachFiles: file_versions.attach_files,
    commands.EditLoggedTime: worklog.edit_logged_time,
    commands.LogTime: worklog.log_time,
    commands.OrderStatuses: cards.order_statuses,
    commands.RemoveCard: cards.remove_card,
}
