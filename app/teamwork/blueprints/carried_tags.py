"""The tags of task lists, companies, people and files; clients also call companies `companys` and
people `users` here (paths.py).
"""

from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.catalogues.structure import COMPANIES, LISTS, PEOPLE
from app.queries.catalogues.tags import tags_of
from app.queries.page import require
from app.services.execute import execute
from app.services.talk_commands import (
    ChangeCompanyTags,
    ChangeFileTags,
    ChangeListTags,
    ChangePersonTags,
)
from app.teamwork import envelope
from app.teamwork.schemas import tags as schemas
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.views import neighbour_list

carried_tags = Blueprint("carried_tags", __name__)

SECTION = "Tags"
LIST = {"tags": [schemas.TagOfAccount]}


@carried_tags.get("/tasklists/<id:list_id>/tags.json")
@operation(SECTION, options=PAGING, answer=LIST)
def list_of_list(list_id: int) -> Response:
    """The tags of a task list."""
    require(LISTS, list_id, current_viewer())
    return _listed("list", list_id)


@carried_tags.put("/tasklists/<id:list_id>/tags.json")
@operation(SECTION, body=schemas.CarriedTagsBody, wrapper="tags")
def change_of_list(list_id: int) -> Response:
    """Add tags to a task list (the default), replace its tags, or remove some; for managers."""
    return _changed(ChangeListTags, list_id=list_id)


@carried_tags.get("/companies/<id:company_id>/tags.json")
@operation(SECTION, options=PAGING, answer=LIST)
def list_of_company(company_id: int) -> Response:
    """The tags of a company."""
    require(COMPANIES, company_id, current_viewer())
    return _listed("company", company_id)


@carried_tags.put("/companies/<id:company_id>/tags.json")
@operation(SECTION, body=schemas.CarriedTagsBody, wrapper="tags")
def change_of_company(company_id: int) -> Response:
    """Add tags to a company (the default), replace its tags, or remove some; for
    administrators.
    """
    return _changed(ChangeCompanyTags, company_id=company_id)


@carried_tags.get("/people/<id:person_id>/tags.json")
@operation(SECTION, options=PAGING, answer=LIST)
def list_of_person(person_id: int) -> Response:
    """The tags of a person."""
    require(PEOPLE, person_id, current_viewer())
    return _listed("person", person_id)


@carried_tags.put("/people/<id:person_id>/tags.json")
@operation(SECTION, body=schemas.CarriedTagsBody, wrapper="tags")
def change_of_person(person_id: int) -> Response:
    """Add tags to a person (the default), replace his tags, or remove some; oneself, or for
    administrators.
    """
    return _changed(ChangePersonTags, person_id=person_id)


@carried_tags.get("/files/<id:file_id>/tags.json")
@operation(SECTION, options=PAGING, answer=LIST)
def list_of_file(file_id: int) -> Response:
    """The tags of a file."""
    require(DOCUMENTS, file_id, current_viewer())
    return _listed("file", file_id)


@carried_tags.put("/files/<id:file_id>/tags.json")
@operation(SECTION, body=schemas.CarriedTagsBody, wrapper="tags")
def change_of_file(file_id: int) -> Response:
    """Add tags to a file (the default), replace its tags, or remove some."""
    return _changed(ChangeFileTags, file_id=file_id)


def _listed(kind: str, row_id: int) -> Response:
    return neighbour_list("tags", schemas.TAG, tags_of(kind, row_id))


def _changed(command: type[Any], **owner: int) -> Response:
    execute(command(**owner, **schemas.carried_tags(read_object(request))), current_viewer())
    return envelope.ok()
