"""Who carries out the commands of structure_commands.py: command type to handler."""

from collections.abc import Callable
from typing import Any

from app.services import (
    companies,
    copies,
    file_places,
    list_copies,
    project_categories,
    removals,
    staff,
    stars,
    task_lists,
    task_places,
    unassigning,
)
from app.services import structure_commands as commands
from app.services.work import Work

STRUCTURE_HANDLERS: dict[type, Callable[[Any, Work], Any]] = {
    commands.AddKey: staff.add_key,
    commands.AddProjectCategory: project_categories.add_category,
    commands.AddToProject: task_places.add_to_project,
    commands.CopyFile: file_places.copy_file,
    commands.CopyTaskInto: copies.copy_task_into,
    commands.CopyTaskList: list_copies.copy_task_list,
    commands.DeleteCompany: companies.delete_company,
    commands.DeletePerson: staff.delete_person,
    commands.DeleteProject: removals.delete_project,
    commands.DeleteProjectCategory: project_categories.delete_category,
    commands.DeleteTaskList: removals.delete_task_list,
    commands.EditCompany: companies.edit_company,
    commands.EditProjectCategory: project_categories.edit_category,
    commands.ManagePerson: staff.manage_person,
    commands.MoveFile: file_places.move_file,
    commands.MoveTask: task_places.move_task,
    commands.MoveTaskList: task_lists.move_task_list,
    commands.ReorderTaskLists: task_lists.reorder_task_lists,
    commands.RevokeKey: staff.revoke_key,
    commands.StarProject: stars.star_project,
    commands.UnassignPerson: unassigning.unassign_person,
}
