"""Rows of time entries and files."""

from tests.functional.teamwork.matrix.rows import Argument, Row, named, option, top, unused
from tests.functional.teamwork.matrix.targets import ANY, EDIT, OWN_OR_MANAGE, READ

PROJECT, LIST, TASK = "/projects/<id:project_id>", "/tasklists/<id:list_id>", "/tasks/<id:task_id>"
ENTRY, FILE = "/time_entries/<id:entry_id>.json", "/files/<id:file_id>"
ENTRY_TAGS = "/timelogs/<id:entry_id>/tags.json"
WHOSE = (option("userId", "person"), option("projectId", "project"))
LOGGED = {"minutes": 5}
# Only managers log and change the time of others: an editor gets a 403 for whatever id.
PERSON = named("time-entry", "person-id", "creator", LOGGED, at=(("editor", 403),))
TIME_LIST = named("time-entry", "tasklistId", "list", LOGGED)
TIME_MOVED = (
    PERSON,
    named("time-entry", "todo-item-id", "task", {}),
    # The task of the entry decides where it is: any other place is refused, whichever it is.
    named("time-entry", "tasklistId", "list", {}, named=False),
    named("time-entry", "project-id", "project", {}, named=False),
)


def _in_task(each: object) -> object:
    return {"time-entry": {**LOGGED, "tasklistId": each}}


FORM = (
    "multipart/form-data; boundary=b",
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n',
)
MINE = "tf_CALLER"
VERSION = named("fileversion", "pendingFileRef", "upload", {})

TIME: tuple[Row, ...] = (
    Row("GET", "/time_entries.json", ANY, arguments=WHOSE),
    Row("GET", "/time/total.json", ANY, arguments=WHOSE),
    *(
        Row("GET", f"{place}/{what}.json", READ, arguments=WHOSE)
        for place in (PROJECT, LIST, TASK)
        for what in ("time_entries", "time/total")
    ),
    Row(
        "POST",
        f"{PROJECT}/time_entries.json",
        EDIT,
        201,
        {"time-entry": LOGGED},
        (PERSON, TIME_LIST),
    ),
    Row(
        "POST",
        f"{TASK}/time_entries.json",
        EDIT,
        201,
        {"time-entry": LOGGED},
        (PERSON, unused("tasklistId", "list", _in_task)),
    ),
    Row("GET", ENTRY, READ),
    Row("PUT", ENTRY, OWN_OR_MANAGE, 200, {"time-entry": {"description": "x"}}, TIME_MOVED),
    Row("DELETE", ENTRY, OWN_OR_MANAGE),
    Row("GET", ENTRY_TAGS, READ),
    Row("PUT", ENTRY_TAGS, OWN_OR_MANAGE, 200, {"tags": {"content": "x"}}, (top("tagIds", "tag"),)),
)
FILES: tuple[Row, ...] = (
    Row("POST", "/pendingfiles.json", ANY, 201, raw=FORM),
    Row("GET", "/pendingfiles/presignedurl.json", ANY, options={"fileName": "f", "fileSize": "1"}),
    Row("GET", f"{PROJECT}/files.json", READ),
    Row(
        "POST",
        f"{PROJECT}/files.json",
        EDIT,
        201,
        {"file": {"pendingFileRef": MINE}},
        (
            named("file", "pendingFileRef", "upload", {}),
            # It is taken and kept nowhere: what is wrong here is that there is no upload.
            Argument("category-id", "ignored", lambda i: {"file": {"category-id": i}}, named=False),
        ),
    ),
    Row("GET", f"{TASK}/files.json", READ),
    Row(
        "POST",
        f"{TASK}/files.json",
        EDIT,
        201,
        {"task": {"pendingFileAttachments": MINE}},
        (named("task", "pendingFileAttachments", "upload", {}),),
    ),
    Row("GET", f"{FILE}.json", READ),
    Row("PUT", f"{FILE}.json", EDIT, 200, {"file": {"name": "x"}}),
    Row("POST", f"{FILE}.json", EDIT, 201, {"fileversion": {"pendingFileRef": MINE}}, (VERSION,)),
    Row("DELETE", f"{FILE}.json", EDIT),
    Row("GET", f"{FILE}/download", READ),
)
ROUTES = (*TIME, *FILES)
