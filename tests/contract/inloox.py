"""What InLoox's document holds, item by item; as document.py does for Teamwork's."""


def _words(text: str) -> list[str]:
    return text.split()


def _prefixed(prefix: str, names: list[str]) -> list[str]:
    return [f"{prefix}{name}" for name in names]


TASK = _words("""
    TaskItemId Name TaskItemStatusId ContactId ProjectId PlanningId GroupId StartDateTime
    EndDateTime IsDone DoneDate WorkAmount CustomColor CardPositionNumber DescriptionHTML
    IsBillable Recurrence AssignedByContactId CreatedByContactId ContactDisplayName
    ContactImageId RiskId RiskName ChecklistItemsCount CheckListItemsDoneCount
    CheckListItemsOpenCount ContributorsCount ContributorsWorkAmount WorkAmountOwner
""")
NOTE = _words("""
    TaskItemNoteId TaskItemId Note NoteHtml ShortDescription CreateDateTime CreatedByContactId
""")
ENDPOINTS = [
    "GET Task",
    "GET Task({key})",
    "POST Task",
    "PATCH Task({key})",
    "DELETE Task({key})",
    "POST Task/BatchInsert",
    "POST Task/BatchDelete",
    "POST Task({key})/MoveTaskItem",
    "POST Task({key})/UpdateProjectDefinedField",
    "POST Task({key})/Copy",
    "GET TaskItemNote",
    "GET TaskItemNote({key})",
    "POST Task({key})/AddNote",
    "GET Task/DeleteNote(noteRelationId={noteRelationId})",
    "GET Task({key})/GetContributors()",
    "POST Task({key})/AddContributor",
    "POST Task({key})/UpdateContributor",
    "POST Task({key})/RemoveContributor",
    "GET Task({key})/GetStopwatch()",
    "POST Task({key})/StartStopwatch",
    "POST Task({key})/PauseStopwatch",
    "POST Task({key})/StopStopwatch",
    "POST Task({key})/AddDocumentToTaskItem",
    "POST Task({key})/RemoveDocumentFromTaskItem",
    "POST Task({key})/AddRelation",
    "POST Task({key})/RemoveRelation",
    "GET Task({key})/GetCalendarSyncStatus()",
    "POST Task({key})/EnableCalendarSync",
    "POST Task({key})/DisableCalendarSync",
    "GET Task({key})/GetNotificationFollowerContacts()",
    "POST Task({key})/AddNotificationFollowers",
    "POST Task({key})/RemoveNotificationFollower",
    "GET TaskStatus",
    "GET TaskStatus({key})",
    "POST TaskStatus",
    "PATCH TaskStatus({key})",
    "DELETE TaskStatus({key})",
    "GET TaskItemTemplate",
    "GET TaskItemTemplate({key})",
    "POST TaskItemTemplate",
    "PATCH TaskItemTemplate({key})",
    "DELETE TaskItemTemplate({key})",
    "POST TaskItemTemplate/SaveTemplateForProject",
    "POST TaskItemTemplate({key})/LoadTemplateForProject",
    "GET TaskItemTemplate({key})/DownloadTemplate()",
    "GET DynamicTaskItem",
]
RECURRENCES = [str(number) for number in range(8)]

INLOOX: dict[str, list[str]] = {
    "InLoox: endpoints": _prefixed("odata:", ENDPOINTS),
    "InLoox: Task, data model": _prefixed("Task.", TASK),
    "InLoox: Task, values of Recurrence": _prefixed("Recurrence=", RECURRENCES),
    "InLoox: MoveTaskItem, body": ["MoveTaskItem.taskItemStatusId", "MoveTaskItem.afterTaskItemId"],
    "InLoox: UpdateProjectDefinedField, body": [
        "UpdateProjectDefinedField.fieldName",
        "UpdateProjectDefinedField.value",
    ],
    "InLoox: Copy, body": ["Copy.projectId"],
    "InLoox: TaskItemNote, data model": _prefixed("TaskItemNote.", NOTE),
    "InLoox: AddNote, body": ["AddNote.htmlText", "AddNote.notificationContactIds"],
    "InLoox: contributors, bodies": [
        "AddContributor.contactId",
        "AddContributor.workAmount",
        "AddContributor.isDone",
        "UpdateContributor.id",
        "UpdateContributor.workAmount",
        "UpdateContributor.isDone",
        "RemoveContributor.id",
    ],
    "InLoox: stopwatch": ["stopwatch: a time entry is created when stopped"],
    "InLoox: documents, bodies": [
        "AddDocumentToTaskItem.documentIds",
        "RemoveDocumentFromTaskItem.documentId",
    ],
    "InLoox: relations, bodies": ["AddRelation.itemId", "RemoveRelation.itemId"],
    "InLoox: followers, bodies": [
        "AddNotificationFollowers.contactIds",
        "AddNotificationFollowers.projectId",
        "RemoveNotificationFollower.contactId",
    ],
    "InLoox: TaskStatus, data model": _prefixed(
        "TaskStatus.", _words("TaskItemStatusId Name ProjectId OrdinalPosition Color")
    ),
    "InLoox: TaskStatus, deleting answers 204 and reaches the tasks": ["TaskStatus: deleted"],
    "InLoox: TaskItemTemplate, data model": _prefixed(
        "TaskItemTemplate.", _words("TaskItemTemplateId Name")
    ),
    "InLoox: templates, bodies": [
        "SaveTemplateForProject.ProjectId",
        "SaveTemplateForProject.Name",
        "LoadTemplateForProject.ProjectId",
        "DownloadTemplate: application/xml, {TemplateName}.json",
    ],
    "InLoox: DynamicTaskItem": [
        "DynamicTaskItem: prefixed properties",
        "DynamicTaskItem: CF_<FieldName>",
        "DynamicTaskItem: read-only",
    ],
    "InLoox: OData query examples": [
        "example: Retrieve open tasks of a project",
        "example: Tasks of a specific contact",
        "example: Overdue tasks",
        "example: Create a task",
        "example: Mark a task as done",
        "example: Create multiple tasks at once",
        "example: $filter with $select",
        "example: notes of a task, newest first",
        "example: statuses of a project in board order",
    ],
}
