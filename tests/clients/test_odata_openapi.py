"""npm `odata-openapi`, unmodified: our $metadata as an OpenAPI document, and our answers by it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.clients import node
from tests.clients.service import Service
from tests.live import Server

FOLDER = Path(__file__).parent / "odata-openapi"
API = "InLoox.PM.Domain.Model.Aggregates.Api"
COMMAND = FOLDER / "node_modules" / "odata-openapi" / "lib" / "cli.js"
# The model is the same on either engine.
ON_ONE_ENGINE = pytest.mark.parametrize("server", ["sqlite"], indirect=True)

ACTIONS = (
    "/Task/BatchInsert",
    "/Task/BatchDelete",
    "/Task({TaskItemId})/AddContributor",
    "/Task({TaskItemId})/AddDocumentToTaskItem",
    "/Task({TaskItemId})/AddNote",
    "/Task({TaskItemId})/AddNotificationFollowers",
    "/Task({TaskItemId})/AddRelation",
    "/Task({TaskItemId})/Copy",
    "/Task({TaskItemId})/DisableCalendarSync",
    "/Task({TaskItemId})/EnableCalendarSync",
    "/Task({TaskItemId})/MoveTaskItem",
    "/Task({TaskItemId})/PauseStopwatch",
    "/Task({TaskItemId})/RemoveContributor",
    "/Task({TaskItemId})/RemoveDocumentFromTaskItem",
    "/Task({TaskItemId})/RemoveNotificationFollower",
    "/Task({TaskItemId})/RemoveRelation",
    "/Task({TaskItemId})/StartStopwatch",
    "/Task({TaskItemId})/StopStopwatch",
    "/Task({TaskItemId})/UpdateContributor",
    "/Task({TaskItemId})/UpdateProjectDefinedField",
    "/TaskItemTemplate/SaveTemplateForProject",
    "/TaskItemTemplate({TaskItemTemplateId})/LoadTemplateForProject",
)
FUNCTIONS = (
    "/Task/DeleteNote(noteRelationId={noteRelationId})",
    "/Task({TaskItemId})/GetCalendarSyncStatus()",
    "/Task({TaskItemId})/GetContributors()",
    "/Task({TaskItemId})/GetNotificationFollowerContacts()",
    "/Task({TaskItemId})/GetStopwatch()",
    "/TaskItemTemplate({TaskItemTemplateId})/DownloadTemplate()",
)


def functions(version: str) -> list[str]:
    """Paths of the functions. Parameters are options of the query in 4.01 (URL Conventions 5.3)."""
    return [path if version == "4.0" else re.sub(r"\([^/]*\)$", "", path) for path in FUNCTIONS]


def converted(server: Server, folder: Path, version: str) -> dict[str, Any]:
    """What the package makes of $metadata as it is served in a version of OData."""
    headers = {"Accept": "application/xml", "OData-MaxVersion": version}
    response = server.call("GET", "/odata/$metadata", headers=headers)
    assert response.headers["Content-Type"] == "application/xml"
    source, target = folder / "metadata.xml", folder / "openapi.json"
    source.write_bytes(response.content)
    node.install(FOLDER)
    said = node.run(COMMAND, "--target", str(target), str(source), proxy=server.url)
    # Behind the name of the file it prints what it could not make sense of.
    assert said.split() == [str(target)]
    found: dict[str, Any] = json.loads(target.read_text())
    return found


@ON_ONE_ENGINE
@pytest.mark.parametrize("version", ["4.0", "4.01"])
def test_the_metadata_converts(server: Server, tmp_path: Path, version: str) -> None:
    """To a valid OpenAPI document that has the task, and everything that can be done to it."""
    document = converted(server, tmp_path, version)
    assert list(OpenAPIV30SpecValidator(document).iter_errors()) == []
    paths = document["paths"]
    assert {"get", "post"} <= set(paths["/Task"])
    assert {"get", "patch", "delete"} <= set(paths["/Task({TaskItemId})"])
    assert [each for each in ACTIONS if "post" not in paths.get(each, {})] == []
    assert [each for each in functions(version) if "get" not in paths.get(each, {})] == []
    assert "post" in paths["/$batch"]


@ON_ONE_ENGINE
def test_only_what_must_be_sent_is_required(server: Server, tmp_path: Path) -> None:
    """Keys, groups and positions that the service finds need not be in a new entity."""
    schemas = converted(server, tmp_path, "4.0")["components"]["schemas"]
    needed = {
        name.removeprefix(f"{API}.").removesuffix("-create"): schema.get("required", [])
        for name, schema in schemas.items()
        if name.endswith("-create")
    }
    assert len(needed) > 10
    assert {name: each for name, each in needed.items() if each} == {
        "ApiCustomField": ["Name", "ObjectId"]
    }


@ON_ONE_ENGINE
def test_our_answers_are_what_the_document_says(
    server: Server, service: Service, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """Every set that can be listed is, and what it answers has the shape of its schema."""
    service.add("one", "two")
    document = converted(server, tmp_path, "4.0")
    listed = [path for path, item in document["paths"].items() if _is_a_list(path, item)]
    assert "/Task" in listed and len(listed) > 10
    for path in listed:
        with subtests.test(path):
            body = server.get(f"/odata{path}")
            schema = _schema_of(document, path)
            assert list(OAS30Validator(schema).iter_errors(body)) == []


def _is_a_list(path: str, item: dict[str, Any]) -> bool:
    return "get" in item and path.count("/") == 1 and "(" not in path


def _schema_of(document: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema of the answer to GET, with the components that it refers to."""
    answer = document["paths"][path]["get"]["responses"]["200"]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return {**schema, "components": document["components"]}


def test_the_lock_file_names_no_registry() -> None:
    """Packages come from whatever registry npm is set to use, checked by their digests."""
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    packages = {name: spec for name, spec in lock["packages"].items() if name}
    assert packages["node_modules/odata-openapi"]["version"] == "0.29.0"
    assert all(spec["integrity"].startswith("sha512-") for spec in packages.values())
    assert not any("resolved" in spec for spec in packages.values())
