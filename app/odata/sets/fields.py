"""CustomFieldDefinition and CustomField (decision 35)."""

from typing import Any

from app.access import Viewer
from app.errors import Invalid, NotFound
from app.odata.engine.edm import BOOLEAN, GUID, INT32, STRING
from app.odata.engine.problems import Problem
from app.odata.engine.source import Given, Key
from app.odata.sets.dynamic import forget_fields
from app.odata.sets.spec import SetSpec, Values, member
from app.odata.sets.store import StoreSource, require
from app.queries.catalogues.fields import FIELD_VALUES, FIELDS
from app.queries.catalogues.structure import PROJECTS
from app.services.neighbour_commands import AddField, DeleteField, EditField, SetFieldValue


def _add(values: Values) -> AddField:
    return AddField(**values)


FIELD_DEFINITION = SetSpec(
    name="CustomFieldDefinition",
    type_name="ApiCustomFieldDefinition",
    key=("CustomFieldDefinitionId",),
    catalogue=FIELDS,
    members=(
        member("CustomFieldDefinitionId", GUID, "uid", "uid", nullable=False),
        member("ColumnName", STRING, "column_name"),
        member("DisplayName", STRING, "name", "name", empty="", max_length=200),
        member("TableName", STRING, "table_name", "table_name", empty="TaskItem", max_length=40),
        member("OrdinalPosition", INT32, "position", "position", empty=0),
        member("ColumnType", INT32, "type", "type", nullable=False, default=0),
        member("ProjectId", GUID, "project_uid", "project_id", refers=PROJECTS),
        member(
            "CurrencySymbol",
            STRING,
            "currency_symbol",
            "currency_symbol",
            empty="",
            blank=True,
            max_length=10,
        ),
        member("ListAllowEmptySelection", BOOLEAN, "allow_empty", "allow_empty", empty=True),
        member("ListAllowAddNewItem", BOOLEAN, "allow_new", "allow_new", empty=False),
    ),
    add=_add,
    edit=lambda row_id, values: EditField(field_id=row_id, **values),
    drop=DeleteField,
    required=("DisplayName",),
)

FIELD_VALUE = SetSpec(
    name="CustomField",
    type_name="ApiCustomField",
    key=("Name", "ObjectId"),
    catalogue=FIELD_VALUES,
    members=(
        member("ObjectId", GUID, "object_uid", "object_uid", nullable=False),
        member("Name", STRING, "column_name", "name", nullable=False, max_length=200),
        member("Value", STRING, "value", "value"),
        member("Type", STRING, "type_name"),
    ),
    required=("ObjectId", "Name"),
)


class FieldSource(StoreSource):
    """Definitions: a change of them changes the columns of the flat view."""

    def create(self, given: Given, caller: Viewer) -> Key:
        """Define a field."""
        key = super().create(given, caller)
        forget_fields()
        return key

    def update(self, key: Key, given: Given, caller: Viewer) -> None:
        """Change a definition."""
        super().update(key, given, caller)
        forget_fields()

    def delete(self, key: Key, caller: Viewer) -> None:
        """Drop a field."""
        super().delete(key, caller)
        forget_fields()


class NoValue(Problem):
    """A text that is no value of the field's type."""

    status = 422
    code = "Unprocessable"


class FieldValueSource(StoreSource):
    """Values: one for a field, by its column name, and the GUID of a task or project."""

    seeks_what_it_updates = False  # it makes a value that was not set

    def create(self, given: Given, caller: Viewer) -> Key:
        """Set a value that was not set."""
        require(self.spec, given.values, self.spec.required)
        return self._set(given.values["Name"], given.values["ObjectId"], given.values, caller)

    def update(self, key: Key, given: Given, caller: Viewer) -> None:
        """Set a value."""
        self._set(key[0], key[1], given.values, caller)

    def upsert(self, key: Key, given: Given, caller: Viewer) -> Key:
        """Set a value by its address (PATCH {"Value": …}), whether it was set or not."""
        try:
            return self._set(key[0], key[1], given.values, caller)
        except Invalid as error:
            # The field and its task are there, so that 404 would not say what is wrong.
            raise NoValue(error.message, target="Value") from error

    def delete(self, key: Key, caller: Viewer) -> None:
        """Clear a value."""
        self._set(key[0], key[1], {"Value": None}, caller)

    def _set(self, name: str, uid: str, values: Any, viewer: Viewer) -> Key:
        if "Value" in values:
            self.run(SetFieldValue(name, uid, values["Value"]), viewer)
        elif not name:
            raise NotFound("CustomField: no such entity")
        return (name, uid)
