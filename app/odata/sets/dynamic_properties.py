"""The declared properties of DynamicTaskItem: those of InLoox's metadata whose fact is stored.

A column of the flat view (queries/catalogues/dynamic.py) has the name of its property.
"""

from app.odata.engine.edm import (
    BOOLEAN,
    DATE_TIME_OFFSET,
    GUID,
    INT32,
    SINGLE,
    STRING,
    PrimitiveType,
)
from app.odata.sets.spec import SetSpec, member
from app.queries.catalogues.dynamic import DYNAMIC_TASKS

ALWAYS_THERE: dict[PrimitiveType, str] = {
    GUID: """
        TaskItem_TaskItemId TaskItem_GroupId TaskItem_CreatedByContactId
    """,
    INT32: """
        TaskItem_ConsecutiveNumber TaskItem_PositionNumber TaskItem_CardPositionNumber
        TaskItem_Recurrence TaskItem_NotesCount TaskItem_DocumentsCount TaskItem_HasStartDate
        TaskItem_HasEndDate
    """,
    BOOLEAN: """
        TaskItem_IsDone TaskItem_IsBillable TaskItem_HasTimeEntries
    """,
    SINGLE: """
        TaskItem_WorkAmount
    """,
    DATE_TIME_OFFSET: """
        TaskItem_CreatedDate
    """,
}
NULLABLE: dict[PrimitiveType, str] = {
    STRING: """
        TaskItem_Name TaskItem_DescriptionText TaskItem_DescriptionHTML
        TaskItem_CreatedByDisplayName TaskItem_ChangedByDisplayName
        TaskItem_AssignedByDisplayName TaskItem_ContactDisplayName TaskItem_TaskItemStatusName
        TaskItem_GroupName Project_Name Project_Number Project_ProjectNumberAndName
        Project_DescriptionText Project_DescriptionHTML Project_CreatedByName Project_ClientName
        Planning_DisplayName Planning_Location Planning_PSPCode
        ProjectPermission_ContactDisplayName ProjectPermission_ContactTimeZoneInfo
    """,
    DATE_TIME_OFFSET: """
        TaskItem_StartDateTime TaskItem_EndDateTime TaskItem_CombinedStartDateTime
        TaskItem_CombinedEndDateTime TaskItem_DoneDate TaskItem_CreatedAt TaskItem_ChangedDate
        TaskItem_UpdatedAt Project_StartDate Project_EndDate Project_CreatedDateTime
        Project_CreatedAt Project_LastChangedDateTime Project_UpdatedAt Planning_StartDateTime
        Planning_EndDateTime Planning_CreatedAt Planning_CreatedDate Planning_UpdatedAt
        Planning_ChangedDate
    """,
    INT32: """
        TaskItem_CustomColor TaskItem_TaskItemStatusOrdinalPosition TaskItem_TaskItemStatusColor
        Project_ContactsCount Planning_SortingPosition Planning_CustomColor Planning_Progress
        ProjectPermission_PermissionProjectRead ProjectPermission_PermissionProjectBaseDataRead
        ProjectPermission_PermissionPlanningsRead ProjectPermission_PermissionDocumentsRead
        ProjectPermission_PermissionTimeEntriesRead
        ProjectPermission_PermissionTimeEntriesOwnedRead ProjectPermission_PermissionTasksRead
        ProjectPermission_PermissionCheckListsRead ProjectPermission_PermissionPlanningsWrite
        ProjectPermission_PermissionDocumentsWrite
        ProjectPermission_PermissionTimeEntriesOwnedWrite
        ProjectPermission_PermissionTimeEntriesBackDatingWrite
        ProjectPermission_PermissionTasksWrite ProjectPermission_PermissionCheckListsWrite
        ProjectPermission_PermissionProjectWrite
        ProjectPermission_PermissionProjectBaseDataWrite
        ProjectPermission_PermissionContactsWrite ProjectPermission_PermissionTimeEntriesWrite
    """,
    GUID: """
        TaskItem_ProjectId TaskItem_TaskItemStatusId TaskItem_PlanningId TaskItem_ContactId
        TaskItem_ChangedByContactId TaskItem_AssignedByContactId TaskItem_CreatedByImageId
        TaskItem_ChangedByImageId TaskItem_AssignedByImageId TaskItem_ContactImageId
        Project_ProjectId Project_CreatedByContactId Project_CreatedByContactImageId
        Project_ClientId Planning_PlanningId Planning_CreatedByContactId
    """,
    BOOLEAN: """
        TaskItem_IsOverdue Project_IsArchived Project_IsRecycled Planning_IsMilestone
        Planning_IsGrouping ProjectPermission_IsProjectMember ProjectPermission_IsArchived
        ProjectPermission_IsRecycled
    """,
    SINGLE: """
        TaskItem_TimeEntriesDuration TaskItem_TotalEffortTimeEntries
    """,
}

_TYPES = {
    name: (kind, nullable)
    for nullable, table in ((False, ALWAYS_THERE), (True, NULLABLE))
    for kind, names in table.items()
    for name in names.split()
}

DYNAMIC_TASK = SetSpec(
    name="DynamicTaskItem",
    type_name="ApiDynamicTaskItem",
    key=("TaskItem_TaskItemId",),
    catalogue=DYNAMIC_TASKS,
    members=tuple(
        member(name, _TYPES[name][0], name, nullable=_TYPES[name][1])
        for name in DYNAMIC_TASKS.columns
        if name in _TYPES
    ),
    open=True,
)
