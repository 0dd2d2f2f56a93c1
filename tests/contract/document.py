"""What the document holds, item by item. Tests name items with `@pytest.mark.covers`;
docs/coverage.md ticks them.
"""


def _words(text: str) -> list[str]:
    return text.split()


FILTERS = _words("""
    all anytime overdue today tomorrow thisweek within7 within14 within30 within365 nodate
    nostartdate completed
""")
LIST_OPTIONS = _words("""
    filter page pageSize startdate enddate updatedAfterDate completedAfterDate
    completedBeforeDate showDeleted includeCompletedTasks includeCompletedSubtasks creator-ids
    include responsible-party-ids sort getSubTasks nestSubTasks getFiles includeToday
    ignore-start-dates tag-ids
""")
ADD_OPTIONS = _words("""
    content description parentTaskId progress notify responsible-party-id start-date due-date
    priority attachments pendingFileAttachments predecessors estimated-minutes positionAfterTask
    tags commentFollowerIds changeFollowerIds private grant-access-to columnId
""")
MEMBERS = _words("""
    project-id order comments-count created-on canEdit has-predecessors id completed position
    estimated-minutes description progress harvest-enabled responsible-party-lastname
    parentTaskId company-id creator-avatar-url creator-id project-name start-date
    tasklist-private lockdownId canComplete responsible-party-id creator-lastname has-reminders
    todo-list-name has-unread-comments due-date-base private responsible-party-summary status
    todo-list-id predecessors parent-task content boardColumn responsible-party-type
    company-name creator-firstname last-changed-on due-date has-dependencies attachments-count
    priority responsible-party-firstname viewEstimatedTime responsible-party-ids
    responsible-party-names tasklist-lockdownId canLogTime timeIsLogged tags attachments DLM
    completed_on completer_id completer_firstname completer_lastname subTasks
""")
ENDPOINTS = [
    "GET /tasks.json",
    "GET /projects/{id}/tasks.json",
    "GET /tasklists/{id}/tasks.json",
    "GET /tasks/{id}.json",
    "GET /tasks/{id}/dependencies.json",
    "PUT /tasks/{id}/complete.json",
    "PUT /tasks/{id}/uncomplete.json",
    "POST /tasklists/{id}/tasks.json",
    "POST /tasks/{id}.json",
    "PUT /tasks/{id}.json",
    "DELETE /tasks/{id}.json",
    "PUT /tasklists/{id}/tasks/reorder.json",
    "GET /completedtasks.json",
    "GET /tasks/{id}/followers.json",
    "POST /tasklists/{id}/quickadd.json",
]


def _prefixed(prefix: str, names: list[str]) -> list[str]:
    return [f"{prefix}{name}" for name in names]


# Heading of the page -> items under it, as tests name them.
SECTIONS: dict[str, list[str]] = {
    "Endpoints": _prefixed("endpoint:", ENDPOINTS),
    "Retrieve all tasks: scopes": ["scope:all", "scope:project", "scope:tasklist"],
    "Retrieve all tasks: options": _prefixed("option:", LIST_OPTIONS),
    "Retrieve all tasks: filter": _prefixed("filter=", FILTERS),
    "Retrieve all tasks: include": _prefixed(
        "include=", ["nodate", "nostartdate", "noduedate", "overdue"]
    ),
    "Retrieve all tasks: sort": _prefixed(
        "sort=", ["duedate", "startdate", "dateadded", "priority", "project", "company"]
    ),
    "Retrieve a task: options": _prefixed(
        "one:", ["getFiles", "nestSubTasks", "includeCompletedSubtasks"]
    ),
    "Response: members": _prefixed("member:", MEMBERS),
    "Retrieve Task Dependencies: members": _prefixed(
        "dependent:",
        _words("""
            id name projectId responsible-party-id responsible-party-names
            responsible-party-summary predecessorMust dependentCant hardness
        """),
    ),
    "Add a task: options": _prefixed("add:", ADD_OPTIONS),
    "Edit a task: further members": _prefixed(
        "edit:", ["tasklistId", "allow-update", "completed-on", "completer-id"]
    ),
    "Completed tasks: options": _prefixed(
        "completed:", ["page", "pageSize", "startdate", "enddate", "includeArchivedProjects"]
    ),
    "Task followers": _prefixed(
        "followers:",
        ["returnUserInfo", "use-defaults", "commentFollowerIds", "changeFollowerIds"],
    ),
    "Get Task Followers: members with user information": _prefixed(
        "follower:",
        _words("""
            avatarUrl firstName companyName followingChanges followingComments id companyId
            lastName
        """),
    ),
    "Quickly add multiple tasks: members of the answer": _prefixed(
        "quickadd-answer:", ["tasklistId", "success", "taskIds", "failed"]
    ),
    "Quickly add multiple tasks": _prefixed(
        "quickadd:", ["content", "tasklistId", "creator-id", "notify", "private", "todo-item"]
    ),
    "Sending a key": ["auth:Basic", "auth:Bearer", "auth:x-api-key"],
}
DECISIONS = range(1, 39)
