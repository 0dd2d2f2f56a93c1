"""Annotations of a model: what the service can do, in the words of the OASIS vocabularies.

An annotation is a term, as "Alias.Name", with a value: str, bool, int, float, EnumMember,
PropertyPath, a list of values, or a mapping of names to values (a record).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.odata.engine.csdl.layout import schemas
from app.odata.engine.edm import EntitySet, EntityType, Model, Property, Singleton, Structured

Annotations = Mapping[str, Any]

VOCABULARIES: Final[Mapping[str, str]] = {
    "Core": "Org.OData.Core.V1",
    "Capabilities": "Org.OData.Capabilities.V1",
    "Aggregation": "Org.OData.Aggregation.V1",
    "Validation": "Org.OData.Validation.V1",
    "Measures": "Org.OData.Measures.V1",
}
VOCABULARY_ROOT: Final = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/"


@dataclass(frozen=True, slots=True)
class EnumMember:
    """Members of an enumeration of a vocabulary, whose name is "Alias.Type"."""

    type: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PropertyPath:
    """A path to a property, from the annotated element."""

    path: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model does not tell of its service. `filter_functions` are the names of functions and
    operators of $filter, `transformations` those of $apply; `expand_levels` is how deep $expand
    goes.
    """

    filter_functions: tuple[str, ...] = ()
    transformations: tuple[str, ...] = ()
    expand_levels: int = 5
    cross_join: bool = True
    batch: bool = True


@dataclass(frozen=True, slots=True)
class Annotated:
    """All annotations of a document, by what they are about; those of sets and singletons by name,
    those of schemas by namespace.
    """

    container: Annotations
    resources: Mapping[str, Annotations] = field(default_factory=dict)
    schemas: Mapping[str, Annotations] = field(default_factory=dict)
    vocabularies: tuple[tuple[str, str], ...] = ()  # those in use: (alias, namespace)


def annotate(model: Model, capabilities: Capabilities) -> Annotated:
    """Everything that the document of a model says in annotations, save for its properties.
    Raises KeyError for a term of a vocabulary that is not known here.
    """
    container = _container(capabilities)
    resources = {each.name: _entity_set(model, each, capabilities) for each in model.entity_sets}
    resources |= {each.name: _singleton(model, each, capabilities) for each in model.singletons}
    namespaces = [schema.namespace for schema in schemas(model)]
    default = {
        name: {"Core.DefaultNamespace": True}
        for name in namespaces
        if name == model.default_namespace
    }
    about = [container, *resources.values(), *default.values(), *_of_properties(model)]
    return Annotated(container, resources, default, _vocabularies(about))


def of_property(described: Property) -> Annotations:
    """The annotations of a property: its own, and Core.Computed where writing it is no use."""
    computed = {} if described.writable else {"Core.Computed": True}
    return {**computed, **described.annotations}


def _container(capabilities: Capabilities) -> Annotations:
    found: dict[str, Any] = {
        "Core.ODataVersions": "4.0 4.01",
        "Capabilities.ConformanceLevel": EnumMember(
            "Capabilities.ConformanceLevelType", ("Advanced",)
        ),
        "Capabilities.SupportedFormats": [
            "application/json;odata.metadata=minimal;IEEE754Compatible=false",
            "application/json;odata.metadata=minimal;IEEE754Compatible=true",
            "application/json;odata.metadata=none",
            "application/json;odata.metadata=full",
        ],
        "Capabilities.SupportedMetadataFormats": ["application/xml", "application/json"],
        "Capabilities.AsynchronousRequestsSupported": False,
        "Capabilities.CrossJoinSupported": capabilities.cross_join,
        **_batch(capabilities.batch),
    }
    if capabilities.filter_functions:
        found["Capabilities.FilterFunctions"] = list(capabilities.filter_functions)
    if capabilities.transformations:
        applied = {"Transformations": list(capabilities.transformations)}
        found["Aggregation.ApplySupported"] = applied
    return found


def _batch(supported: bool) -> Annotations:
    if not supported:
        return {"Capabilities.BatchSupported": False}
    return {
        "Capabilities.BatchSupported": True,
        "Capabilities.BatchContinueOnErrorSupported": True,
        "Capabilities.BatchSupport": {
            "Supported": True,
            "ContinueOnErrorSupported": True,
            "ReferencesInRequestBodiesSupported": True,
            "SupportedFormats": ["multipart/mixed", "application/json"],
        },
    }


def _entity_set(model: Model, described: EntitySet, capabilities: Capabilities) -> Annotations:
    navigable = _navigable(model, described.type)
    return {
        "Capabilities.TopSupported": True,
        "Capabilities.SkipSupported": True,
        "Capabilities.CountRestrictions": {"Countable": True},
        "Capabilities.ExpandRestrictions": _expanding(navigable, capabilities),
        "Capabilities.SearchRestrictions": {"Searchable": described.searchable},
        "Capabilities.InsertRestrictions": {"Insertable": described.insertable},
        "Capabilities.DeepInsertSupport": {
            "Supported": described.insertable and navigable,
            "ContentIDSupported": False,
        },
        "Capabilities.UpdateRestrictions": {"Updatable": described.updatable},
        "Capabilities.DeleteRestrictions": {"Deletable": described.deletable},
        **described.annotations,
    }


def _singleton(model: Model, described: Singleton, capabilities: Capabilities) -> Annotations:
    navigable = _navigable(model, described.type)
    return {
        "Capabilities.ExpandRestrictions": _expanding(navigable, capabilities),
        "Capabilities.UpdateRestrictions": {"Updatable": described.updatable},
    }


def _navigable(model: Model, kind: EntityType) -> bool:
    return any(model.navigations(each) for each in (kind, *model.derived(kind)))


def _expanding(navigable: bool, capabilities: Capabilities) -> Annotations:
    if not navigable:
        return {"Expandable": False}
    return {"Expandable": True, "MaxLevels": capabilities.expand_levels}


def _of_properties(model: Model) -> Iterator[Annotations]:
    structured: tuple[Structured, ...] = (*model.entity_types, *model.complex_types)
    for kind in structured:
        for described in kind.properties:
            yield of_property(described)


def _vocabularies(about: Iterable[Annotations]) -> tuple[tuple[str, str], ...]:
    used = {term.partition(".")[0] for annotations in about for term in annotations}
    unknown = used - VOCABULARIES.keys()
    if unknown:
        raise KeyError(f"Vocabularies without a namespace: {', '.join(sorted(unknown))}")
    return tuple((alias, name) for alias, name in VOCABULARIES.items() if alias in used)
