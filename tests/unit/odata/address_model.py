"""A small shop model with everything that an address can name, and a short text for steps."""

from collections.abc import Callable
from typing import Any

from app.odata.engine import addresses as at
from app.odata.engine.edm import (
    BOOLEAN,
    DATE,
    DATE_TIME_OFFSET,
    DOUBLE,
    DURATION,
    GUID,
    INT32,
    INT64,
    STREAM,
    STRING,
    CollectionType,
    ComplexType,
    EntitySet,
    EntityType,
    EnumType,
    Model,
    Navigation,
    Operation,
    OperationImport,
    Parameter,
    Property,
    Singleton,
)


def key(name: str, kind: Any) -> Property:
    """A key property."""
    return Property(name, kind, nullable=False)


COLOUR = EnumType("Shop", "Colour", (("Red", 1), ("Green", 2)))
PLACE = ComplexType(
    "Shop", "Place", (Property("City", STRING),), (Navigation("Shop", "Shop.Seat"),)
)
FAR = ComplexType("Shop", "FarPlace", (Property("Country", STRING),), base="Shop.Place")
TASK = EntityType(
    "Shop",
    "Task",
    ("TaskItemId",),
    (
        key("TaskItemId", GUID),
        Property("Name", STRING),
        Property("Tags", STRING, collection=True),
        Property("Places", PLACE, collection=True),
        Property("Origin", PLACE),
        Property("Colour", COLOUR),
        Property("Thumb", STREAM),
    ),
    (
        Navigation("Project", "Shop.Project", partner="Tasks"),
        Navigation("Relations", "Shop.Task", collection=True, linkable=True),
        Navigation("Nowhere", "Shop.Seat", collection=True),
    ),
)
BIG = EntityType("Shop", "BigTask", (), (Property("Size", INT32),), base="Shop.Task")
PROJECT = EntityType(
    "Shop",
    "Project",
    ("Id",),
    (key("Id", INT32), Property("Name", STRING)),
    (Navigation("Tasks", "Shop.Task", collection=True, partner="Project"),),
)
ORDER = EntityType(
    "Shop",
    "Order",
    ("Id",),
    (key("Id", INT32),),
    (Navigation("Lines", "Shop.Line", collection=True, partner="Order"),),
)
LINE = EntityType(
    "Shop",
    "Line",
    ("OrderId", "Number"),
    (key("OrderId", INT32), key("Number", INT32), Property("Note", STRING)),
    (Navigation("Order", "Shop.Order", partner="Lines", constraints=(("OrderId", "Id"),)),),
)
SETTING = EntityType("Shop", "Setting", ("Name",), (key("Name", STRING),), open=True)
FIELD = EntityType(
    "Shop",
    "Field",
    ("Name", "ObjectId"),
    (key("Name", STRING), key("ObjectId", GUID), Property("Value", STRING)),
)
PICTURE = EntityType("Shop", "Picture", ("Id",), (key("Id", INT64),), media=True)
SEAT = EntityType("Shop", "Seat", ("Id",), (key("Id", INT32), Property("Row", STRING)))
SLOT = EntityType("Shop", "Slot", ("At",), (key("At", DATE_TIME_OFFSET),))
SPAN = EntityType("Shop", "Span", ("Long",), (key("Long", DURATION),))
HUE = EntityType("Shop", "Hue", ("Colour",), (key("Colour", COLOUR),))

TASKS = CollectionType(TASK)
NEEDED = Parameter("noteRelationId", GUID, nullable=False)

MODEL = Model(
    "Container",
    "Shop",
    entity_types=(
        TASK,
        BIG,
        PROJECT,
        ORDER,
        LINE,
        SETTING,
        FIELD,
        PICTURE,
        SEAT,
        SLOT,
        SPAN,
        HUE,
    ),
    complex_types=(PLACE, FAR),
    enum_types=(COLOUR,),
    operations=(
        Operation("AddNote", "Default", "action", TASK, (Parameter("htmlText", STRING),)),
        Operation("BatchInsert", "Default", "action", TASKS),
        Operation("DeleteNote", "Default", "function", TASKS, (NEEDED,), BOOLEAN),
        Operation("GetContributors", "Default", "function", TASK, (), CollectionType(STRING)),
        Operation("Open", "Default", "function", TASKS, (), TASKS, composable=True, set_path="b"),
        Operation(
            "Home", "Default", "function", TASK, (), PROJECT, composable=True, set_path="b/Project"
        ),
        Operation("Top", "Default", "function", TASKS, (Parameter("count", INT32, False),), TASKS),
        Operation("Top", "Default", "function", TASKS, (Parameter("share", DOUBLE, False),), TASKS),
        Operation("Shape", "Default", "function", TASK, (), STRING),
        Operation("Shape", "Default", "function", BIG, (Parameter("deep", BOOLEAN),), INT32),
        Operation("Shout", "Default", "function", STRING, (), STRING),
        Operation("Other", "Far.Away", "action", TASK),
        Operation("Best", "Default", "function", None, (Parameter("minimum", INT32),), TASKS),
        Operation("Best", "Default", "function", None, (Parameter("on", DATE, False),), TASKS),
        Operation("Reset", "Default", "action", None),
    ),
    entity_sets=(
        EntitySet(
            "Task",
            TASK,
            {"Project": "Project", "Relations": "Task", "Origin/Shop": "Seat"},
        ),
        EntitySet("Project", PROJECT, {"Tasks": "Task"}),
        EntitySet("Order", ORDER, {"Lines": "Line"}),
        EntitySet("Line", LINE, {"Order": "Order"}),
        EntitySet("Setting", SETTING),
        EntitySet("CustomField", FIELD),
        EntitySet("Picture", PICTURE),
        EntitySet("Seat", SEAT),
        EntitySet("Slot", SLOT),
        EntitySet("Span", SPAN),
        EntitySet("Hue", HUE),
    ),
    singletons=(Singleton("Me", PROJECT, {"Tasks": "Task"}),),
    imports=(
        OperationImport(
            "Best", Operation("Best", "Default", "function", None, (), TASKS), entity_set="Task"
        ),
        OperationImport("Reset", Operation("Reset", "Default", "action")),
    ),
)


def _called(step: at.OperationStep | at.ImportStep) -> str:
    said = [f"{name}={text}" for name, text in step.arguments.items()]
    said += [f"{each.name}?" for each in step.missing]
    target = f"→{step.entity_set.name}" if step.entity_set is not None else ""
    return f"{step.operation.qualified}({','.join(said)}){target}"


SHOWN: dict[type, Callable[[Any], str]] = {
    at.ServiceDocument: lambda step: "service",
    at.MetadataStep: lambda step: "metadata",
    at.BatchStep: lambda step: "batch",
    at.AllStep: lambda step: "all",
    at.EntityStep: lambda step: "entity",
    at.CrossjoinStep: lambda step: f"join {'*'.join(each.name for each in step.sets)}",
    at.SetStep: lambda step: f"set {step.entity_set.name}",
    at.SingletonStep: lambda step: f"one {step.singleton.name}",
    at.KeyStep: lambda step: f"key {'|'.join(_key_shown(each) for each in step.values)}",
    at.PropertyStep: lambda step: f"property {step.property.name}",
    at.DynamicStep: lambda step: f"dynamic {step.name}",
    at.NavigationStep: lambda step: (
        f"to {step.navigation.name}→{step.entity_set.name if step.entity_set else '-'}"
    ),
    at.TypeStep: lambda step: "type",
    at.OperationStep: lambda step: f"call {_called(step)}",
    at.ImportStep: lambda step: f"import {step.imported.name}: {_called(step)}",
    at.CountStep: lambda step: "count",
    at.ValueStep: lambda step: "value",
    at.RefStep: lambda step: "ref",
    at.FilterStep: lambda step: f"filter {step.text}",
    at.EachStep: lambda step: "each",
    at.QueryStep: lambda step: "query",
}


def _key_shown(value: Any) -> str:
    return value.name if isinstance(value, at.AliasKey) else str(value)


def shown(steps: tuple[at.Step, ...]) -> str:
    """Steps as one line; the type after the last one in brackets."""
    kind = steps[-1].type
    said = " / ".join(SHOWN[type(step)](step) for step in steps)
    return said if kind is None else f"{said} [{kind.qualified}]"
