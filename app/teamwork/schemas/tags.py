"""Tags: their payload (facts 2.1), and the bodies that change them and what carries them."""

from collections.abc import Mapping
from typing import Any

from app.errors import Invalid
from app.http.payload import TEXT, PayloadField
from app.queries.catalogues.tags import TAGS
from app.services.talk_commands import (
    AddTag,
    EditTag,
)
from app.teamwork.options import Option
from app.teamwork.schemas.fields import Constant, IdText, Plain, Stamp, TeamworkSchema, hex_color
from app.teamwork.schemas.inputs import (
    REFUSED,
    Bool,
    Ids,
    InputField,
    RequestSchema,
    Text,
    Texts,
    envelope,
)
from app.teamwork.schemas.listing import listed
from app.teamwork.schemas.neighbours import PAGING

MAX_TAG = 100

OPTIONS = (
    *PAGING,
    Option("searchTerm", str, "text", "", "only tags whose name contains this"),
)


class HexColor(PayloadField):
    """A colour as #RRGGBB."""

    json_type = TEXT

    def render(self, value: int) -> str:
        return hex_color(value)


class TagOfAccount(TeamworkSchema):
    """A tag; all are the account's, so `projectId` is "0"."""

    id = IdText("id", "id")
    name = Plain("name", "name")
    color = HexColor("color", "color")
    project_id = Constant("projectId", "0")
    created = Stamp("dateCreated", "created_at")
    updated = Stamp("dateUpdated", "changed_at")


TAG = listed(TAGS, TagOfAccount)


class Color(InputField):
    """A colour as #RRGGBB; the hash may be left out."""

    expected = "a colour as #RRGGBB"
    json_type: Mapping[str, Any] = {"type": "string", "examples": ["#F78234"]}

    def parse(self, value: Any) -> int:
        if not isinstance(value, str):
            raise ValueError
        digits = value.strip().removeprefix("#")
        if len(digits) != 6 or not digits.isascii() or not digits.isalnum():
            raise ValueError
        return int(digits, 16)


class TagBody(RequestSchema):
    """A tag to change."""

    name = Text(MAX_TAG, cleared=REFUSED)
    color = Color()


class NewTagBody(TagBody):
    """A tag to add."""

    name = Text(MAX_TAG, cleared=REFUSED, required=True)


class CarriedTagsBody(RequestSchema):
    """Tags to put on a thing or take off it; the flags may also stand within `tags`."""

    names = Texts(MAX_TAG, data_key="content")
    tag_ids = Ids(data_key="tagIds")
    replace = Bool(data_key="replaceExistingTags", cleared=False)
    remove = Bool(data_key="removeProvidedTags", cleared=False)


def add_tag(body: Mapping[str, Any]) -> AddTag:
    """POST /tags.json. Raises Invalid."""
    return AddTag(**NewTagBody.read(envelope(body, "tag")))


def edit_tag(body: Mapping[str, Any], tag_id: int) -> EditTag:
    """PUT /tags/{id}.json. Raises Invalid."""
    return EditTag(tag_id=tag_id, **TagBody.read(envelope(body, "tag")))


def carried_tags(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a change of a thing's tags says: {"tags": {"content": "a,b"}} or {"tagIds": 5}, with
    flags. Raises Invalid.
    """
    tags = body.get("tags")
    if isinstance(tags, str | list):
        tags = {"content": tags}
    if tags is not None and not isinstance(tags, Mapping):
        raise Invalid({"tags": 'must be an object: send {"tags": {"content": "a,b"}}'})
    sent = {**body, **(tags or {})}
    if not {"content", "tagids"} & sent.keys():
        raise Invalid(
            {"tags": 'is missing: send {"tags": {"content": "a,b"}} or {"tagIds": "1,2"}'}
        )
    values = CarriedTagsBody.read(sent)
    if values.get("replace") and values.get("remove"):
        raise Invalid({"removeProvidedTags": "contradicts replaceExistingTags"})
    return values
