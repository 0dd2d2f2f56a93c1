"""The service document and $metadata: what stands at the root of a service (Protocol 11.1)."""

from xml.etree import ElementTree

import pytest

from tests.engine.client import ROOT, VERSION_4_01, ask, get
from tests.second_service.fixtures import Shop
from tests.second_service.model import MODEL

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


@pytest.mark.parametrize(("headers", "prefix"), [({}, "@odata."), (VERSION_4_01, "@")])
def test_the_service_document_lists_what_can_be_asked_for(
    shop: Shop, headers: dict[str, str], prefix: str
) -> None:
    found = get(shop, "", headers)
    assert found.status == 200
    assert found.body[f"{prefix}context"] == f"{ROOT}/$metadata"
    kinds = {each["name"]: (each["kind"], each["url"]) for each in found.value}
    assert {name for name, each in kinds.items() if each[0] == "EntitySet"} == {
        each.name for each in MODEL.entity_sets
    }
    assert kinds["Shop"] == ("Singleton", "Shop")
    assert kinds["Version"] == ("FunctionImport", "Version")
    assert "Reset" not in kinds, "an action cannot be read"
    for each in found.value:
        assert get(shop, each["url"]).status == 200


def test_the_service_document_without_metadata_has_no_context(shop: Shop) -> None:
    assert set(get(shop, "?$format=application/json;metadata=none").body) == {"value"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "*/*"},
        {"Accept": "application/xml"},
        {"Accept": "application/json;q=1.0,application/xml;q=0.7"},  # as spreadsheet tools ask
    ],
)
def test_metadata_is_xml_unless_json_alone_is_asked_for(
    shop: Shop, headers: dict[str, str]
) -> None:
    found = get(shop, "$metadata", headers)
    assert (found.status, found.headers["Content-Type"]) == (200, "application/xml")
    root = ElementTree.fromstring(found.raw)
    named = {each.get("Name") for each in root.iter(f"{EDM}EntitySet")}
    assert named == {each.name for each in MODEL.entity_sets}


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("$metadata", {"Accept": "application/json"}),
        ("$metadata?$format=json", {}),
        ("$metadata?$format=application/json", {"Accept": "application/xml"}),
        ("%24metadata?%24format=json", {}),
    ],
)
def test_metadata_as_json(shop: Shop, address: str, headers: dict[str, str]) -> None:
    found = get(shop, address, headers)
    assert (found.status, found.headers["Content-Type"]) == (200, "application/json")
    assert found.body["$EntityContainer"] == "ShopService.Container"
    assert found.body["Shop"]["Product"]["ID"]["$Type"] == "Edm.Int32"


@pytest.mark.parametrize(
    ("headers", "version"),
    [({}, "4.0"), ({"OData-MaxVersion": "4.0"}, "4.0"), (VERSION_4_01, "4.01")],
)
def test_metadata_has_the_version_of_the_answer(
    shop: Shop, headers: dict[str, str], version: str
) -> None:
    found = get(shop, "$metadata", headers)
    assert found.headers["OData-Version"] == version
    assert f'Version="{version}"' in found.text


@pytest.mark.parametrize("address", ["$metadata", "$metadata?$format=json"])
def test_metadata_is_not_sent_twice(shop: Shop, address: str) -> None:
    etag = get(shop, address).headers["ETag"]
    again = get(shop, address, {"If-None-Match": etag})
    assert (again.status, again.raw, again.headers["ETag"]) == (304, b"", etag)
    assert get(shop, address, {"If-None-Match": 'W/"other"'}).status == 200


@pytest.mark.parametrize("address", ["", "$metadata"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_documents_are_only_read(shop: Shop, address: str, method: str) -> None:
    found = ask(shop, method, address)
    assert (found.status, found.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("address", ["?$filter=true", "$metadata?$top=1", "?$orderby=name"])
def test_documents_take_no_options_of_lists(shop: Shop, address: str) -> None:
    assert get(shop, address).status == 400


@pytest.mark.parametrize("address", ["", "$metadata", "Products", "Products(1)/Name"])
def test_the_schema_has_one_version(shop: Shop, address: str) -> None:
    assert get(shop, f"{address}?$schemaversion=*").status == 200
    assert get(shop, f"{address}?$schemaversion=2").status == 404


def test_metadata_tells_what_the_service_can(shop: Shop) -> None:
    text = get(shop, "$metadata", VERSION_4_01).text
    assert "Core.ODataVersions" in text
    assert "Capabilities.ConformanceLevel" in text
    assert "Core.DefaultNamespace" in text
