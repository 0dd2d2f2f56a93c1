"""Addresses of resources, from text to steps and back (URL Conventions 4). No store is asked.

segments cuts a path and decodes it; steps are what it becomes; keys and calls read what stands in
parentheses; paths follows the segments through the model with walk, members and system; roots finds
the service's own part of a URL.
"""

from app.odata.engine.addresses.keys import AliasKey, key_text
from app.odata.engine.addresses.paths import parse
from app.odata.engine.addresses.roots import relative
from app.odata.engine.addresses.steps import (
    AllStep,
    BatchStep,
    CountStep,
    CrossjoinStep,
    DynamicStep,
    EachStep,
    EntityStep,
    FilterStep,
    ImportStep,
    KeyStep,
    MetadataStep,
    NavigationStep,
    OperationStep,
    PropertyStep,
    QueryStep,
    RefStep,
    ServiceDocument,
    SetStep,
    SingletonStep,
    Step,
    TypeStep,
    ValueStep,
)

__all__ = [
    "AliasKey",
    "AllStep",
    "BatchStep",
    "CountStep",
    "CrossjoinStep",
    "DynamicStep",
    "EachStep",
    "EntityStep",
    "FilterStep",
    "ImportStep",
    "KeyStep",
    "MetadataStep",
    "NavigationStep",
    "OperationStep",
    "PropertyStep",
    "QueryStep",
    "RefStep",
    "ServiceDocument",
    "SetStep",
    "SingletonStep",
    "Step",
    "TypeStep",
    "ValueStep",
    "key_text",
    "parse",
    "relative",
]
