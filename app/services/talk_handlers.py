"""Who carries out the commands of talk_commands.py: command type to handler."""

from collections.abc import Callable
from typing import Any

from app.services import comments, reminders, restoring, tagging
from app.services import talk_commands as commands
from app.services.work import Work

TALK_HANDLERS: dict[type, Callable[[Any, Work], Any]] = {
    commands.AddComment: comments.add_comment,
    commands.EditComment: comments.edit_comment,
    commands.ReadComment: comments.read_comment,
    commands.AddTag: tagging.add_tag,
    commands.EditTag: tagging.edit_tag,
    commands.DeleteTag: tagging.delete_tag,
    commands.ChangeTaskTags: tagging.change_task_tags,
    commands.ChangeProjectTags: tagging.change_project_tags,
    commands.ChangeTimeTags: tagging.change_time_tags,
    commands.ChangeListTags: tagging.change_list_tags,
    commands.ChangeCompanyTags: tagging.change_company_tags,
    commands.ChangePersonTags: tagging.change_person_tags,
    commands.ChangeFileTags: tagging.change_file_tags,
    commands.AddReminder: reminders.add_reminder,
    commands.EditReminder: reminders.edit_reminder,
    commands.DeleteReminder: reminders.delete_reminder,
    commands.RestoreTask: restoring.restore_task,
    commands.RestoreTaskList: restoring.restore_task_list,
    commands.RestoreComment: restoring.restore_comment,
}
