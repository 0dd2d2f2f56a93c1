"""Who carries out the commands on a task's neighbours: command type to handler."""

from collections.abc import Callable
from typing import Any

from app.services import (
    checklists,
    contacts,
    documents,
    field_values,
    fields,
    groups,
    plannings,
    risks,
    statuses,
    templates,
    timelog,
)
from app.services import neighbour_commands as commands
from app.services.work import Work

NEIGHBOUR_HANDLERS: dict[type, Callable[[Any, Work], Any]] = {
    commands.AddCheckList: checklists.add_check_list,
    commands.AddCheckListItem: checklists.add_check_list_item,
    commands.AddDocument: documents.add_document,
    commands.AddField: fields.add_field,
    commands.AddGroup: groups.add_group,
    commands.AddPlanning: plannings.add_planning,
    commands.AddRisk: risks.add_risk,
    commands.AddStatus: statuses.add_status,
    commands.AddTemplate: templates.add_template,
    commands.AddTimeEntry: timelog.add_time_entry,
    commands.DeleteCheckList: checklists.delete_check_list,
    commands.DeleteCheckListItem: checklists.delete_check_list_item,
    commands.DeleteDocument: documents.delete_document,
    commands.DeleteField: fields.delete_field,
    commands.DeleteGroup: groups.delete_group,
    commands.DeletePlanning: plannings.delete_planning,
    commands.DeleteRisk: risks.delete_risk,
    commands.DeleteStatus: statuses.delete_status,
    commands.DeleteTemplate: templates.delete_template,
    commands.DeleteTimeEntry: timelog.delete_time_entry,
    commands.EditCheckList: checklists.edit_check_list,
    commands.EditCheckListItem: checklists.edit_check_list_item,
    commands.EditDocument: documents.edit_document,
    commands.EditField: fields.edit_field,
    commands.EditGroup: groups.edit_group,
    commands.EditPerson: contacts.edit_person,
    commands.EditPlanning: plannings.edit_planning,
    commands.EditRisk: risks.edit_risk,
    commands.EditStatus: statuses.edit_status,
    commands.EditTemplate: templates.edit_template,
    commands.EditTimeEntry: timelog.edit_time_entry,
    commands.LoadTemplate: templates.load_template,
    commands.PutDocumentContent: documents.put_document_content,
    commands.RevokeFeed: contacts.revoke_feed,
    commands.SaveTemplate: templates.save_template,
    commands.SetFieldValue: field_values.set_field_value,
    commands.SetProjectField: field_values.set_project_field,
    commands.UploadTemplate: templates.upload_template,
}
