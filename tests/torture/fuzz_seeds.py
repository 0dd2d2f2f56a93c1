"""Real requests of both dialects: the documents' own, one of each route, each action of OData."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.contract.shape import GOLDEN
from tests.functional.teamwork.matrix.rows import Row, filled
from tests.functional.teamwork.test_matrix import ROUTES
from tests.torture.fuzz_shots import Shot
from tests.torture.fuzz_store import ADMINISTRATOR, Stage
from tests.torture.fuzz_words import GUID, written

JSON = {"Content-Type": "application/json"}
PREFIXES = ("", "/projects/api/v1", "//", "/TASKS/..")
# Address and body of a change, or None; {Set} stands for the key of one of the set.
ODATA: tuple[tuple[str, str, Any], ...] = (
    ("GET", "", None),
    ("GET", "$metadata", None),
    ("GET", "$metadata?$format=json", None),
    ("GET", "Task?$filter=ProjectId eq {Project} and IsDone eq false&$orderby=Name desc", None),
    ("GET", "Task?$filter=EndDateTime lt 2025-01-01T00:00:00Z&$select=Name,IsDone", None),
    ("GET", "Task?$filter=contains(Name,'matter')&$top=2&$skip=1&$count=true", None),
    (
        "GET",
        "Task?$expand=Project,Notes($orderby=CreateDateTime;$top=1),CheckLists($expand=Items)",
        None,
    ),
    (
        "GET",
        "Task?$apply=groupby((ProjectId),aggregate($count as N,WorkAmount with sum as S))",
        None,
    ),
    ("GET", "Task?$search=matter&$compute=length(Name) as L&$orderby=L", None),
    ("GET", "Task({Task})?$expand=*", None),
    ("GET", "Task('{Task}')/Project/Name/$value", None),
    ("GET", "Task({Task})/Notes/$count", None),
    ("GET", "Task({Task})/Project/$ref", None),
    ("GET", "Task/$filter(IsDone eq false)/$count", None),
    ("GET", "DynamicTaskItem?$filter=TaskItem_Name ne null", None),
    ("GET", "Task({Task})/GetContributors()", None),
    ("GET", "Task({Task})/GetStopwatch()", None),
    ("GET", "Task/DeleteNote(noteRelationId={TaskItemNote})", None),
    ("GET", "TaskItemTemplate({TaskItemTemplate})/DownloadTemplate()", None),
    ("GET", "CustomField(ObjectId={Task},Name='pf_dt0_x')", None),
    ("GET", "AuditEntry?$top=3&$skiptoken=x", None),
    ("GET", "$crossjoin(Task,Project)?$filter=Task/ProjectId eq Project/ProjectId", None),
    ("GET", "$entity?$id=Task({Task})", None),
    ("POST", "Task/$query", "$filter=IsDone eq false"),
    ("POST", "Task", {"Name": "new", "ProjectId": "{Project}", "WorkAmount": 16.0}),
    ("POST", "Task", {"Name": "x", "Project@odata.bind": "Project({Project})"}),
    ("POST", "CheckList", {"TaskItemId": "{Task}", "Name": "x", "Items": [{"Name": "y"}]}),
    ("POST", "TimeEntry", {"TaskItemId": "{Task}", "DurationMinutes": 5, "DisplayName": "x"}),
    ("PATCH", "Task({Task})", {"IsDone": True}),
    (
        "PATCH",
        "Task({Task})",
        {"DescriptionHTML": "<p>x</p>", "EndDateTime": "2025-02-15T17:00:00Z"},
    ),
    ("PUT", "Task({Task})/Name", {"value": "x"}),
    ("PUT", "Task({Task})/Name/$value", "plain"),
    ("PUT", "Task({Task})/Status/$ref", {"@odata.id": "TaskStatus({TaskStatus})"}),
    ("PUT", "Task({Task})", {"Name": "x", "ProjectId": "{Project}"}),
    ("DELETE", "Task({Task})", None),
    ("DELETE", "Task({Task})/Project/$ref", None),
    ("DELETE", "Document({Document})", None),
    ("POST", "Document", {"FileName": "x.txt", "ProjectId": "{Project}"}),
    ("PATCH", "Project({Project})", {"Name": "x"}),
    ("POST", "Task({Task})/MoveTaskItem", {"taskItemStatusId": "{TaskStatus}"}),
    ("POST", "Task({Task})/UpdateProjectDefinedField", {"fieldName": "pf_dt0_x", "value": "x"}),
    ("POST", "Task({Task})/Copy", {"projectId": "{Project}"}),
    (
        "POST",
        "Task({Task})/AddNote",
        {"htmlText": "<p>x</p>", "notificationContactIds": ["{Contact}"]},
    ),
    ("POST", "Task({Task})/AddContributor", {"contactId": "{Contact}", "workAmount": 2.5}),
    ("POST", "Task({Task})/UpdateContributor", {"id": GUID, "workAmount": 1, "isDone": True}),
    ("POST", "Task({Task})/StartStopwatch", {}),
    ("POST", "Task({Task})/StopStopwatch", {}),
    ("POST", "Task({Task})/AddDocumentToTaskItem", {"documentIds": ["{Document}"]}),
    ("POST", "Task({Task})/AddRelation", {"itemId": "{Task}"}),
    ("POST", "Task({Task})/EnableCalendarSync", {}),
    ("POST", "Task({Task})/AddNotificationFollowers", {"contactIds": ["{Contact}"]}),
    (
        "POST",
        "TaskItemTemplate({TaskItemTemplate})/LoadTemplateForProject",
        {"projectId": "{Project}"},
    ),
    ("POST", "TaskItemTemplate/SaveTemplateForProject", {"projectId": "{Project}", "name": "x"}),
    ("POST", "TaskItemTemplate/UploadTemplate", {"content": "e30="}),
    ("POST", "Task/BatchInsert", {"items": [{"Name": "1", "ProjectId": "{Project}"}] * 2}),
    ("POST", "Task/BatchDelete", {"items": ["{Task}"]}),
    (
        "POST",
        "$batch",
        {
            "requests": [
                {"id": "1", "method": "POST", "url": "Task", "headers": JSON, "atomicityGroup": "g"}
                | {"body": {"Name": "x", "ProjectId": "{Project}"}},
                {"id": "2", "method": "PATCH", "url": "$1", "headers": JSON, "atomicityGroup": "g"}
                | {"body": {"Name": "y"}},
                {"id": "3", "method": "GET", "url": "Task?$top=1", "dependsOn": ["g"]},
            ]
        },
    ),
)
MULTIPART = (
    b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: application/http"
    b"\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1\r\n\r\nPOST /odata/Task HTTP/1.1\r\n"
    b'Content-Type: application/json\r\n\r\n{"Name": "x"}\r\n--c--\r\n--b\r\nContent-Type: '
    b"application/http\r\n\r\nGET Task?$top=1 HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n"
    b"--b--\r\n"
)
UPLOAD = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: '
    b"text/plain\r\n\r\nhello\r\n--b--\r\n"
)


def seeds(stage: Stage) -> tuple[Shot, ...]:
    """All of them, with the ids of this store."""
    return (*_of_routes(stage), *_of_the_document(stage), *_of_odata(stage), *_others(stage))


def _of_routes(stage: Stage) -> Iterator[Shot]:
    for row in ROUTES:
        path = row.path(row.ids(stage.scene, row.usual))
        body, kind = _body_of(row, stage)
        if row.options:
            path += "?" + urlencode(row.options)
        yield Shot(row.method, path, body, kind, "")
        for each in row.arguments:
            if each.where == "query":
                yield Shot(row.method, f"{path}?{urlencode(each.build(1))}", body, kind, "")
            else:
                inside = written(filled(each.build(1), stage.scene, ADMINISTRATOR, row.usual))
                yield Shot(row.method, path, inside, JSON, "")


def _body_of(row: Row, stage: Stage) -> tuple[bytes, dict[str, str]]:
    if row.raw:
        return row.raw[1], {"Content-Type": row.raw[0]}
    if row.body is None:
        return b"", {}
    return written(row.good_body(stage.scene, ADMINISTRATOR, row.usual)), JSON


def _of_the_document(stage: Stage) -> Iterator[Shot]:
    of_list, of_task = f"/tasklists/{stage.ids['open_list']}", f"/tasks/{stage.ids['open_task']}"
    known = {
        "add_task": ("POST", f"{of_list}/tasks.json"),
        "quickadd": ("POST", f"{of_list}/quickadd.json"),
        "reorder": ("PUT", f"{of_list}/tasks/reorder.json"),
    }
    for file in sorted(Path(GOLDEN / "requests").glob("*.txt")):
        method, path = known.get(file.stem, ("PUT", f"{of_task}.json"))
        yield Shot(method, path, file.read_bytes(), JSON, "")


def _of_odata(stage: Stage) -> Iterator[Shot]:
    for method, path, body in ODATA:
        text = b"" if body is None else body.encode() if isinstance(body, str) else written(body)
        kind = {"Content-Type": "text/plain"} if isinstance(body, str) else JSON
        target = path.replace(" ", "%20")
        for name, uids in stage.uids.items():
            uid = uids[0] if uids else GUID
            target = target.replace(f"{{{name}}}", uid)
            text = text.replace(f"{{{name}}}".encode(), uid.encode())
        yield Shot(method, f"/odata/{target}", text, kind if body is not None else {}, "")
    kind = {"Content-Type": "multipart/mixed; boundary=b"}
    yield Shot("POST", "/odata/$batch", MULTIPART, kind, "")


def _others(stage: Stage) -> Iterator[Shot]:
    for path in ("/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics", "/nothing"):
        yield Shot("GET", path, key=None)
    yield Shot("GET", "/calendar/x.ics")
    yield Shot("GET", "/unsubscribe/x")
    yield Shot("POST", "/unsubscribe/x", b"List-Unsubscribe=One-Click")
    yield Shot("PUT", "/uploads/tf_editor", b"x")
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    yield Shot("POST", "/pendingfiles.json", UPLOAD, kind, "")
    yield Shot(
        "GET", "/tasks.json?filter=overdue&page=2&pageSize=1&sort=duedate&include=nodate", key=""
    )
