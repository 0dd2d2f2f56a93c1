"""The service document: what stands at the root of a service (JSON Format 5)."""

from urllib.parse import quote

from app.odata.engine.csdl.layout import in_service_document
from app.odata.engine.edm import Model


def service_document(model: Model) -> list[dict[str, str]]:
    """The `value` of the service document: entity sets, then singletons, then the functions that
    can be called without parameters; addresses are relative to the root. Actions are not listed.
    """
    listed = [
        *((each.name, "EntitySet") for each in model.entity_sets),
        *((each.name, "Singleton") for each in model.singletons),
        *((each.name, "FunctionImport") for each in model.imports if in_service_document(each)),
    ]
    return [{"name": name, "kind": kind, "url": quote(name)} for name, kind in listed]
