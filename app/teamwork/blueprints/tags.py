"""/tags.json and /tags/{id}.json: the tags of the account. What carries them: carried_tags.py."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.tags import TAGS, tags_named_like
from app.queries.page import fetch_by_id
from app.services.execute import execute
from app.services.talk_commands import DeleteTag
from app.teamwork import envelope
from app.teamwork.options import read_options
from app.teamwork.schemas import tags as schemas
from app.teamwork.views import live, neighbour_list

tags = Blueprint("tags", __name__)

SECTION = "Tags"
LIST = {"tags": [schemas.TagOfAccount]}


@tags.get("/tags.json")
@operation(SECTION, options=schemas.OPTIONS, answer=LIST)
def list_tags() -> Response:
    """The tags of the account, by name; everybody knows all of them."""
    term = read_options(schemas.OPTIONS, request.args)["searchTerm"]
    where = [tags_named_like(term)] if term else []
    return neighbour_list("tags", schemas.TAG, *where)


@tags.post("/tags.json")
@operation(SECTION, body=schemas.NewTagBody, wrapper="tag", answer={"id": "string"}, status=201)
def add_tag() -> Response:
    """Add a tag; 409 for a name that there is, in whatever case."""
    return envelope.created(execute(schemas.add_tag(read_object(request)), current_viewer()))


@tags.get("/tags/<id:tag_id>.json")
@operation(SECTION, answer={"tag": schemas.TagOfAccount})
def retrieve_tag(tag_id: int) -> Response:
    """One tag."""
    plan = schemas.TAG.plan(live())
    page = fetch_by_id(TAGS, tag_id, plan.columns, current_viewer(), facets=plan.facets)
    return envelope.payload("tag", plan.render(page)[0])


@tags.put("/tags/<id:tag_id>.json")
@operation(SECTION, body=schemas.TagBody, wrapper="tag")
def edit_tag(tag_id: int) -> Response:
    """Rename a tag or give it another colour; for administrators."""
    execute(schemas.edit_tag(read_object(request), tag_id), current_viewer())
    return envelope.ok()


@tags.delete("/tags/<id:tag_id>.json")
@operation(SECTION)
def delete_tag(tag_id: int) -> Response:
    """Remove a tag from all that carries it; for administrators."""
    execute(DeleteTag(tag_id), current_viewer())
    return envelope.ok()
