"""/authenticate.json, /me.json and /account.json: where clients start; one's calendar feed."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.feeds import feed_address
from app.http.operations import operation
from app.queries.account import account_facts, account_name
from app.queries.calendar import feed_token_of
from app.services.execute import execute
from app.services.neighbour_commands import RevokeFeed
from app.teamwork import envelope
from app.teamwork.schemas import neighbours
from app.teamwork.views import one_neighbour

account = Blueprint("account", __name__)

SECTION = "Account"


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
    person["calendar-feed-url"] = feed_address(request.host_url, feed_token_of(viewer)) or ""
    return envelope.payload("person", person)


@account.delete("/me/calendarfeed.json")
@operation(SECTION)
def revoke_feed() -> Response:
    """Close the address of one's calendar feed: it answers 404 from now on. The next task that one
    puts into the calendar makes another, with all that was in it.
    """
    viewer = current_viewer()
    execute(RevokeFeed(viewer.person_id), viewer)
    return envelope.ok()


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
        "likesEnabled": False,
        "chatEnabled": False,
        "deskEnabled": False,
        "documentEditorEnabled": False,
        "TKOEnabled": False,
        "plan-id": "",
        "logo": "",
    }
    return envelope.payload("account", members)


@account.get("/account.json")
@operation(SECTION, answer={"account": "object"})
def retrieve_account() -> Response:
    """The account itself, and who owns it."""
    facts = account_facts()
    since = facts.created_at.isoformat()[:19] + "Z"
    members: dict[str, Any] = {
        "id": "1",
        "name": facts.name,
        "code": request.host.partition(":")[0],
        "companyid": str(facts.company_id),
        "companyname": facts.company_name,
        "URL": request.host_url,
        "account-holder-id": str(facts.holder_id or ""),
        "created-at": since,
        "datesignedup": since,
        "lang": "EN",
        "logo": "",
        "cacheUUID": facts.uid,
        "requirehttps": False,
        "ssl-enabled": request.is_secure,
        "time-tracking-enabled": True,
        "email-notification-enabled": True,
    }
    return envelope.payload("account", members)


def _myself() -> dict[str, Any]:
    return one_neighbour(neighbours.PERSON, current_viewer().person_id)
