"""Templates of tasks: saved from a project, loaded into one, downloaded, taken back. Section
TaskItemTemplate of the document; UploadTemplate is ours (decision 34).
"""

import unicodedata
from urllib.parse import quote

from app.odata.engine.edm import GUID, STREAM, STRING, EntityType
from app.odata.engine.source import Answer, Call, Entities, Stream
from app.odata.operations.declare import Declared, action, function, many, parameter
from app.odata.operations.parameters import named
from app.queries import identities
from app.queries.catalogues.structure import PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.templates import TEMPLATES
from app.services.execute import execute
from app.services.neighbour_commands import LoadTemplate, SaveTemplate, UploadTemplate
from app.services.templates import download_template


def template_operations(template: EntityType, task: EntityType) -> tuple[Declared, ...]:
    """All of them."""
    return (
        action(
            "SaveTemplateForProject",
            many(template),
            _save,
            parameter("projectId", GUID),
            parameter("name", STRING),
            returns=template,
            on_request=True,
            says={"project_id": "projectId"},
        ),
        action(
            "LoadTemplateForProject",
            template,
            _load,
            parameter("projectId", GUID),
            returns=many(task),
            on_request=True,
            says={"project_id": "projectId"},
        ),
        action(
            "UploadTemplate",
            many(template),
            _upload,
            parameter("content", STRING),
            returns=template,
            status=201,
        ),
        function("DownloadTemplate", template, _download, returns=STREAM),
    )


def _template(call: Call) -> int:
    assert call.key is not None
    return identities.id_of(TEMPLATES, str(call.key[0]), call.caller)


def _made(template_id: int, call: Call) -> Answer:
    uid = identities.uid_of(TEMPLATES, template_id, call.caller)
    return Entities("TaskItemTemplate", ((uid,),))


def _save(call: Call) -> Answer:
    project = named(PROJECTS, call.parameters["projectId"], "projectId", call.caller)
    return _made(execute(SaveTemplate(project, call.parameters["name"]), call.caller), call)


def _load(call: Call) -> Answer:
    template = _template(call)
    project = named(PROJECTS, call.parameters["projectId"], "projectId", call.caller)
    made = execute(LoadTemplate(template, project), call.caller)
    uids = identities.uids_of(TASKS, made, call.caller)
    return Entities("Task", tuple((uid,) for uid in uids))


def _upload(call: Call) -> Answer:
    return _made(execute(UploadTemplate(call.parameters["content"]), call.caller), call)


def _download(call: Call) -> Answer:
    """The template as JSON, under the type and name that the document prints (decision 27)."""
    found = download_template(_template(call), call.caller)
    content, name = found.body.encode(), f"{found.name}.json"
    return Stream([content], "application/xml", len(content), disposition(name))


def disposition(name: str) -> str:
    """A Content-Disposition for a file name: ASCII, and in UTF-8 beside (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(each for each in plain if each.isprintable() and each not in '"\\/') or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
