"""Rows of what is said and found: comments, tags, reminders, search, activity, the trash can."""

from tests.functional.teamwork.matrix.routes_tasks import NOT_ADMINISTRATOR
from tests.functional.teamwork.matrix.rows import Row, named, option, top
from tests.functional.teamwork.matrix.targets import (
    ADMINISTER,
    ANY,
    AUTHOR,
    EDIT,
    MANAGE,
    OWN_OR_MANAGE,
    READ,
    SELF,
)

TASK, COMMENT = "/tasks/<id:task_id>", "/comments/<id:comment_id>"
FILE = "/files/<id:file_id>"
TAG, REMINDER = "/tags/<id:tag_id>.json", "/taskreminders/<id:reminder_id>.json"
OF_TASK = f"{TASK}/reminders/<id:reminder_id>.json"
SAID = {"body": "x"}
UPLOADS = named("comment", "pendingFileAttachments", "upload", SAID)
DUE = {"date-time-utc": "20140601100000"}
REMINDED = (named("reminder", "user-id", "person", DUE),)
TAGGED = {"tags": {"content": "x"}}
TAG_IDS = (top("tagIds", "tag"),)
AUDITED = (
    option("personId", "person"),
    option("projectId", "project"),
    option("taskId", "task, deleted or not"),
)
ELSEWHERE = (top("projectId", "project"),)

ROUTES: tuple[Row, ...] = (
    Row("GET", f"{TASK}/comments.json", READ),
    Row(
        "POST",
        f"{TASK}/comments.json",
        READ,
        201,
        {"comment": SAID},
        (
            UPLOADS,
            named("comment", "notify", "person", SAID),
            named("comment", "author-id", "creator", SAID, at=NOT_ADMINISTRATOR),
        ),
    ),
    Row("GET", f"{COMMENT}.json", READ),
    Row("PUT", f"{COMMENT}.json", AUTHOR, 200, {"comment": SAID}, (UPLOADS,)),
    Row("DELETE", f"{COMMENT}.json", OWN_OR_MANAGE),
    Row("PUT", f"{COMMENT}/markread.json", READ),
    Row("POST", f"{COMMENT}/markread.json", READ),
    Row("GET", "/tags.json", ANY),
    Row("POST", "/tags.json", ANY, 201, {"tag": {"name": "x"}}),
    Row("GET", TAG, READ),
    Row("PUT", TAG, ADMINISTER, 200, {"tag": {"name": "x"}}),
    Row("DELETE", TAG, ADMINISTER),
    Row("GET", f"{TASK}/tags.json", READ),
    Row("PUT", f"{TASK}/tags.json", EDIT, 200, TAGGED, TAG_IDS),
    Row("GET", "/projects/<id:project_id>/tags.json", READ),
    Row("PUT", "/projects/<id:project_id>/tags.json", MANAGE, 200, TAGGED, TAG_IDS),
    Row("GET", "/tasklists/<id:list_id>/tags.json", READ),
    Row("PUT", "/tasklists/<id:list_id>/tags.json", MANAGE, 200, TAGGED, TAG_IDS),
    Row("GET", "/companies/<id:company_id>/tags.json", READ),
    Row("PUT", "/companies/<id:company_id>/tags.json", ADMINISTER, 200, TAGGED, TAG_IDS),
    Row("GET", "/people/<id:person_id>/tags.json", READ),
    Row("PUT", "/people/<id:person_id>/tags.json", SELF, 200, TAGGED, TAG_IDS),
    Row("GET", f"{FILE}/tags.json", READ),
    Row("PUT", f"{FILE}/tags.json", EDIT, 200, TAGGED, TAG_IDS),
    Row("PUT", f"{FILE}/move.json", EDIT, 200, {"projectId": "=home"}, ELSEWHERE),
    Row("PUT", f"{FILE}/copy.json", EDIT, 200, {"projectId": "=home"}, ELSEWHERE),
    Row("GET", f"{TASK}/reminders.json", READ),
    Row("POST", f"{TASK}/reminders.json", READ, 201, {"reminder": DUE}, REMINDED),
    Row("PUT", REMINDER, READ, 200, {"reminder": {"note": "x"}}, REMINDED),
    Row("DELETE", REMINDER, READ),
    Row("PUT", OF_TASK, READ, 200, {"reminder": {"note": "x"}}, REMINDED),
    Row("DELETE", OF_TASK, READ),
    Row("GET", "/search.json", ANY, options={"searchTerm": "matter"}),
    Row("GET", "/latestactivity.json", ANY),
    Row("GET", "/audit.json", ADMINISTER, arguments=AUDITED),
    Row("GET", f"{TASK}/audit.json", READ),
    Row("GET", "/projects/<id:project_id>/latestactivity.json", READ),
    Row("GET", "/trashcan/projects/<id:project_id>.json", READ),
    Row("PUT", "/trashcan/tasks/<id:task_id>/restore.json", EDIT),
    Row("PUT", "/trashcan/tasklists/<id:list_id>/restore.json", EDIT),
    Row("PUT", "/trashcan/comments/<id:comment_id>/restore.json", OWN_OR_MANAGE),
    Row("GET", "/lockdown/<id:lockdown_id>.json", READ),
)
