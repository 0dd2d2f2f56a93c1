"""/authenticate.json and /me.json: where clients start."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.operations import operation
from app.queries.account import account_name
from app.queries.catalogues.structure import PEOPLE
from app.queries.page import fetch_by_id
from app.teamwork import envelope
from app.teamwork.schemas import neighbours
from app.teamwork.views import live

account = Blueprint("account", __name__)

SECTION = "Neighbours"


@account.get("/me.json")
@operation(SECTION, answer={"person": neighbours.Person})
def me() -> Response:
    """The person whose key this is."""
    person, viewer = _myself(), current_viewer()
    person["permissions"] = {
        "can-add-projects": viewer.may_add_projects,
        "can-manage-people": viewer.may_manage_people,
    }
    person["can-add-projects"] = viewer.may_add_projects
    return envelope.payload("person", person)


@account.get("/authenticate.json")
@operation(SECTION, answer={"account": "object"})
def authenticate() -> Response:
    """The account. `URL` is this server's own address, which clients use for all that follows."""
    viewer, person = current_viewer(), _myself()
    members: dict[str, Any] = {
        "id": "1",
        "name": account_name(),
        "code": request.host.partition(":")[0],
        "URL": request.host_url,
        "userId": person["id"],
        "firstname": person["first-name"],
        "lastname": person["last-name"],
        "companyid": person["company-id"],
        "companyname": person["company-name"],
        "avatar-url": person["avatar-url"],
        "lang": "EN",
        "userIsAdmin": person["administrator"],
        "userIsMemberOfOwnerCompany": "YES" if person["in-owner-company"] else "NO",
        "canaddprojects": "1" if viewer.may_add_projects else "0",
        "canManagePeople": "1" if viewer.may_manage_people else "0",
        "dateFormat": "yyyy-mm-dd",
        "dateSeperator": "-",
        "timeFormat": "HH:MM",
        "startonsundays": viewer.weeks_start_on_sunday,
        "requirehttps": False,
        "ssl-enabled": request.is_secure,
        "tagsEnabled": True,
        "projectsEnabled": True,
    }
    return envelope.payload("account", members)


def _myself() -> dict[str, Any]:
    plan = neighbours.PERSON.plan(live())
    viewer = current_viewer()
    me = viewer.person_id
    return plan.render(fetch_by_id(PEOPLE, me, plan.columns, viewer, facets=plan.facets))[0]
