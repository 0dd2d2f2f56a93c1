"""/authenticate.json and /me.json: where clients start."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.operations import operation
from app.queries.account import account_name
from app.queries.catalogues.structure import PEOPLE
from app.queries.page import by_id, fetch_one
from app.teamwork import envelope
from app.teamwork.schemas import neighbours

account = Blueprint("account", __name__)

SECTION = "Neighbours (facts 2.1)"


@account.get("/me.json")
@operation(SECTION, answer={"person": neighbours.Person})
def me() -> Response:
    """The person whose key this is."""
    person = _myself()
    person["permissions"] = {
        "can-add-projects": person["administrator"] or person["can-add-projects"],
        "can-manage-people": person["administrator"],
    }
    return envelope.payload("person", person)


@account.get("/authenticate.json")
@operation(SECTION, answer={"account": "object"})
def authenticate() -> Response:
    """The account. `URL` is this server's own address, which clients use for all that follows."""
    viewer, person = current_viewer(), _myself()
    admin = person["administrator"]
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
        "userIsAdmin": admin,
        "userIsMemberOfOwnerCompany": "YES" if person["in-owner-company"] else "NO",
        "canaddprojects": "1" if admin or person["can-add-projects"] else "0",
        "canManagePeople": "1" if admin else "0",
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
    plan = neighbours.PERSON.plan
    viewer = current_viewer()
    query = by_id(PEOPLE, viewer.person_id, plan.columns, facets=plan.facets)
    return plan.render(fetch_one(query, viewer))[0]
