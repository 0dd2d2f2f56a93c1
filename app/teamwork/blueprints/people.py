"""/companies…, /people… with their keys, and the people of projects."""

from typing import Any

from flask import Blueprint, Response, request

from app.errors import Forbidden, NotFound
from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.json import json_response
from app.http.operations import operation
from app.queries.catalogues.api_keys import KEYS
from app.queries.catalogues.structure import (
    COMPANIES,
    PEOPLE,
    PROJECTS,
    members_of,
    people_named,
    people_with_address,
)
from app.queries.page import require
from app.queries.structure_facts import role_of
from app.services.commands import ChangeProjectPeople
from app.services.execute import execute, together
from app.services.structure_commands import DeleteCompany, DeletePerson, RevokeKey
from app.teamwork import completing, envelope
from app.teamwork.options import Option, read_options
from app.teamwork.schemas import neighbours, structure
from app.teamwork.schemas import people_requests as bodies
from app.teamwork.schemas import structure_requests as project_bodies
from app.teamwork.views import neighbour_list, one_neighbour

people = Blueprint("people", __name__)

SECTION = "People and companies"
PEOPLE_OPTIONS = (
    *neighbours.PAGING,
    Option("emailaddress", str, "an e-mail address", "", "only the person with this address"),
    Option("searchTerm", str, "text", "", "only people whose name or address contains this"),
)
LIST = {"people": [neighbours.Person]}


@people.get("/companies.json")
@operation(SECTION, options=neighbours.PAGING, answer={"companies": [neighbours.Company]})
def list_companies() -> Response:
    """The companies of one's projects and colleagues."""
    return neighbour_list("companies", neighbours.COMPANY, order="name_key")


@people.post("/companies.json")
@operation(
    SECTION,
    body=bodies.NewCompanyBody,
    wrapper="company",
    answer={"id": "string"},
    status=201,
)
def add_company() -> Response:
    """Add a company; for administrators."""
    return envelope.created(execute(bodies.add_company(read_object(request)), current_viewer()))


@people.get("/companies/<id:company_id>.json")
@operation(SECTION, answer={"company": neighbours.Company})
def retrieve_company(company_id: int) -> Response:
    """One company."""
    return envelope.payload("company", one_neighbour(neighbours.COMPANY, company_id))


@people.put("/companies/<id:company_id>.json")
@operation(SECTION, body=bodies.CompanyBody, wrapper="company")
def edit_company(company_id: int) -> Response:
    """Change a company; for administrators."""
    execute(bodies.edit_company(read_object(request), company_id), current_viewer())
    return envelope.ok()


@people.delete("/companies/<id:company_id>.json")
@operation(SECTION)
def delete_company(company_id: int) -> Response:
    """Delete a company for which nobody works and which has no projects, else 409; for
    administrators.
    """
    execute(DeleteCompany(company_id), current_viewer())
    return envelope.ok()


@people.get("/companies/<id:company_id>/people.json")
@operation(SECTION, options=PEOPLE_OPTIONS, answer=LIST)
def people_of_company(company_id: int) -> Response:
    """The people of a company, as far as one knows them."""
    require(COMPANIES, company_id, current_viewer())
    return _people(PEOPLE.column("company_id") == company_id)


@people.get("/people.json")
@operation(SECTION, options=PEOPLE_OPTIONS, answer=LIST)
def list_people() -> Response:
    """The people of one's company and projects."""
    return _people()


@people.get("/projects/<id:project_id>/people.json")
@operation(SECTION, options=PEOPLE_OPTIONS, answer=LIST)
def people_of_project(project_id: int) -> Response:
    """The members of a project."""
    require(PROJECTS, project_id, current_viewer())
    return _people(members_of(project_id))


def _people(*where: Any) -> Response:
    asked = read_options(PEOPLE_OPTIONS, request.args)
    wanted = list(where)
    if asked["emailaddress"]:
        wanted.append(people_with_address(asked["emailaddress"]))
    if asked["searchTerm"]:
        wanted.append(people_named(asked["searchTerm"]))
    return neighbour_list("people", neighbours.PERSON, *wanted, complete=completing.complete_people)


@people.route("/projects/<id:project_id>/people.json", methods=["PUT", "POST"])
@operation(
    SECTION, body=project_bodies.ProjectPeopleBody, wrapper="add", answer={"details": "object"}
)
def change_people(project_id: int) -> Response:
    """Add members to a project in a role, or remove some (decision 7)."""
    command = project_bodies.change_people(read_object(request), project_id)
    changed = execute(command, current_viewer())
    details = {
        name: [str(each) for each in getattr(changed, name)]
        for name in ("added", "removed", "failed")
    }
    return json_response({"details": details, "STATUS": "OK"})


@people.get("/projects/<id:project_id>/people/<id:person_id>.json")
@operation(SECTION, answer={"person": neighbours.Person})
def member_of_project(project_id: int, person_id: int) -> Response:
    """One member of a project, with his role there."""
    require(PROJECTS, project_id, current_viewer())
    person = one_neighbour(neighbours.PERSON, person_id)
    role = role_of(project_id, person_id)
    if not role:
        raise NotFound("Person not found")
    completing.complete_people([person])
    person["permissions"] |= {"project-administrator": role == "manager", "role": role}
    return envelope.payload("person", person)


@people.post("/projects/<id:project_id>/people/<id:person_id>.json")
@operation(SECTION)
def add_member(project_id: int, person_id: int) -> Response:
    """Make a person a member of a project; for its managers."""
    return _member(ChangeProjectPeople(project_id, add=(person_id,)))


@people.put("/projects/<id:project_id>/people/<id:person_id>.json")
@operation(SECTION, body=bodies.PermissionsBody, wrapper="permissions")
def change_member(project_id: int, person_id: int) -> Response:
    """Say what a member may do in a project: his role, or that he manages it; for its managers."""
    role = bodies.role_of(read_object(request))
    return _member(ChangeProjectPeople(project_id, add=(person_id,), role=role))


def _member(command: ChangeProjectPeople) -> Response:
    changed = execute(command, current_viewer())
    if changed.failed:
        raise NotFound("Person not found")
    return envelope.ok()


@people.delete("/projects/<id:project_id>/people/<id:person_id>.json")
@operation(SECTION)
def remove_member(project_id: int, person_id: int) -> Response:
    """Remove a member from a project; for its managers."""
    viewer = current_viewer()
    changed = execute(ChangeProjectPeople(project_id, remove=(person_id,)), viewer)
    if not changed.removed:
        raise NotFound("Person not found")
    return envelope.ok()


@people.post("/people.json")
@operation(
    SECTION,
    body=bodies.NewPersonBody,
    wrapper="person",
    answer={"id": "string"},
    status=201,
)
def add_person() -> Response:
    """Add a person; for administrators. A key is made by POST /people/{id}/keys.json."""
    return envelope.created(execute(bodies.add_person(read_object(request)), current_viewer()))


@people.get("/people/<id:person_id>.json")
@operation(SECTION, answer={"person": neighbours.Person})
def retrieve_person(person_id: int) -> Response:
    """One person."""
    person = one_neighbour(neighbours.PERSON, person_id)
    completing.complete_people([person])
    return envelope.payload("person", person)


@people.put("/people/<id:person_id>.json")
@operation(SECTION, body=bodies.EditedPersonBody, wrapper="person")
def edit_person(person_id: int) -> Response:
    """Change oneself; an administrator changes anybody, and what people may do. `unassignFromAll`
    takes the person off all open tasks that one may edit.
    """
    viewer = current_viewer()
    commands = bodies.edit_person(read_object(request), person_id)
    together(lambda: [execute(each, viewer) for each in commands], viewer)
    return envelope.ok()


@people.delete("/people/<id:person_id>.json")
@operation(SECTION)
def delete_person(person_id: int) -> Response:
    """Hide a person and revoke his keys; his tasks stay. For administrators; the last one of them
    cannot be deleted (409).
    """
    execute(DeletePerson(person_id), current_viewer())
    return envelope.ok()


@people.get("/people/apikeys.json")
@operation(SECTION, options=neighbours.PAGING, answer={"APIKeys": [structure.KeyOfPerson]})
def api_keys() -> Response:
    """The keys of everybody, revoked ones included, for administrators: their hints, since of a key
    only a digest is stored.
    """
    if not current_viewer().admin:
        raise Forbidden("Only an administrator may see the keys of everybody")
    return neighbour_list("APIKeys", structure.KEY_OF_PERSON)


@people.get("/people/<id:person_id>/keys.json")
@operation(SECTION, options=neighbours.PAGING, answer={"keys": [structure.Key]})
def list_keys(person_id: int) -> Response:
    """The hints of a person's keys, revoked ones included; one's own, or for administrators."""
    viewer = current_viewer()
    require(PEOPLE, person_id, viewer)
    if not viewer.admin and viewer.person_id != person_id:
        raise Forbidden("Only the person himself or an administrator may see his keys")
    return neighbour_list("keys", structure.KEY, KEYS.column("person_id") == person_id)


@people.post("/people/<id:person_id>/keys.json")
@operation(
    SECTION,
    body=bodies.KeyBody,
    wrapper="key",
    answer={"id": "string", "key": "string"},
    status=201,
)
def add_key(person_id: int) -> Response:
    """Give a person another key; one's own, or for administrators. It is shown this once."""
    made = execute(bodies.add_key(read_object(request), person_id), current_viewer())
    response = json_response({"id": str(made.id), "key": made.text, "STATUS": "OK"}, 201)
    response.headers["id"] = str(made.id)
    response.cache_control.no_store = True
    return response


@people.delete("/people/<id:person_id>/keys/<id:key_id>.json")
@operation(SECTION)
def revoke_key(person_id: int, key_id: int) -> Response:
    """Revoke a key of a person; one's own, or for administrators."""
    execute(RevokeKey(person_id, key_id), current_viewer())
    return envelope.ok()
