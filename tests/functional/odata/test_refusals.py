"""What all operations of the document have in common: their names, their parameters, and whom and
what they refuse. Nothing that is refused changes anything.
"""

import pytest

from tests.functional.odata.acts import ACTS, BOUND, FUNCTIONS, Act
from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

NEEDED = [(act, name) for act in ACTS for name in act.needed]
UNREADABLE = [(act, name) for act in ACTS for name in act.unreadable]
HIDDEN = [(act, name) for act in ACTS for name in act.hidden]


def named(value: object) -> str | None:
    """A case by the names in it."""
    return value.name if isinstance(value, Act) else None


acts = pytest.mark.parametrize("act", ACTS, ids=named)
bound = pytest.mark.parametrize("act", BOUND, ids=named)


@acts
@pytest.mark.parametrize("prefix", ["", "Default."])
@pytest.mark.decision(34)
def test_an_action_is_called_qualified_or_not(office: Office, act: Act, prefix: str) -> None:
    address, body = act.address(office), act.body(office)
    response = office.editor.post(f"{address}/{prefix}{act.name}", body)
    assert response.status_code in (200, 201, 204), response.text


@acts
@pytest.mark.decision(34)
def test_names_of_parameters_are_taken_in_any_case(office: Office, act: Act) -> None:
    address = act.address(office)
    body = {name.swapcase(): value for name, value in act.body(office).items()}
    response = office.editor.post(f"{address}/{act.name.lower()}", body)
    assert response.status_code in (200, 201, 204), response.text


@pytest.mark.parametrize(("act", "name"), NEEDED, ids=named)
@pytest.mark.decision(24)
def test_a_missing_parameter_is_named(office: Office, act: Act, name: str) -> None:
    address, body = act.address(office), act.body(office)
    without = {key: value for key, value in body.items() if key.lower() != name.lower()}
    with unchanged():
        refused(office.editor.post(f"{address}/{act.name}", without), 400, name)
        refused(office.editor.post(f"{address}/{act.name}", without | {name: None}), 400, name)


@pytest.mark.parametrize(("act", "name"), UNREADABLE, ids=named)
@pytest.mark.decision(24)
def test_an_unreadable_parameter_is_named(office: Office, act: Act, name: str) -> None:
    address = act.address(office)
    body = {key: value for key, value in act.body(office).items() if key.lower() != name.lower()}
    with unchanged():
        response = office.editor.post(f"{address}/{act.name}", body | {name: act.unreadable[name]})
        assert refused(response, 400)["target"].partition("/")[0] == name


@acts
def test_an_unknown_parameter_is_named(office: Office, act: Act) -> None:
    address, body = act.address(office), act.body(office)
    with unchanged():
        response = office.editor.post(f"{address}/{act.name}", body | {"surprise": 1})
        refused(response, 400, "surprise")


@pytest.mark.parametrize(("act", "name"), HIDDEN, ids=named)
@pytest.mark.decision(7)
def test_what_a_parameter_names_and_one_may_not_see_is_as_if_it_were_not(
    office: Office, act: Act, name: str
) -> None:
    hidden = office.hidden(act.hidden[name])
    address, body = act.address(office), act.body(office)
    body = {key: value for key, value in body.items() if key.lower() != name.lower()}
    texts = []
    with unchanged():
        for uid in (hidden, NOWHERE):
            value = [uid] if name.endswith("Ids") else uid
            response = office.editor.post(f"{address}/{act.name}", body | {name: value})
            refused(response, 422, name)
            texts.append(response.text.replace(uid, "GUID"))
    assert texts[0] == texts[1]


@bound
@pytest.mark.decision(7)
def test_a_task_that_one_may_not_see_is_not_found(office: Office, act: Act) -> None:
    body = act.body(office)
    texts = []
    with unchanged():
        for uid in (office["secret"], NOWHERE):
            response = office.editor.post(f"Task({uid})/{act.name}", body)
            refused(response, 404)
            texts.append(response.text.replace(uid, "GUID"))
    assert texts[0] == texts[1]


@acts
def test_a_key_for_reading_changes_nothing(office: Office, act: Act) -> None:
    address, body = act.address(office), act.body(office)
    with unchanged():
        refused(office.as_("reader").post(f"{address}/{act.name}", body), 403)


@acts
@pytest.mark.decision(7)
def test_a_viewer_of_the_project_changes_nothing_of_it(office: Office, act: Act) -> None:
    address, body = act.address(office), act.body(office)
    if act.viewer_may:
        assert office.as_("viewer").post(f"{address}/{act.name}", body).status_code == 204
        return
    with unchanged():
        refused(office.as_("viewer").post(f"{address}/{act.name}", body), 403)


@bound
@pytest.mark.decision(25)
def test_an_action_on_another_version_is_refused(office: Office, act: Act) -> None:
    body = act.body(office)
    stale = {"If-Match": office.one()["@odata.etag"]}
    office.editor.patch(f"Task({office['task']})", {"Name": "changed meanwhile"})
    with unchanged():
        refused(office.act(act.name, body, headers=stale), 412)
    current = {"If-Match": office.one()["@odata.etag"]}
    assert office.act(act.name, body, headers=current).status_code < 300


@acts
def test_an_action_is_called_by_post_alone(office: Office, act: Act) -> None:
    address = act.address(office)
    with unchanged():
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
            response = office.editor.call(method, f"{address}/{act.name}")
            assert response.status_code == 405, method
            assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("form", ["{}()", "{}", "Default.{}()", "Default.{}"])
@pytest.mark.decision(34)
def test_a_function_is_called_in_every_form(office: Office, name: str, form: str) -> None:
    response = office.as_("reader").get(f"Task({office['task']})/{form.format(name)}")
    assert response.status_code in (200, 204), response.text


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.decision(7)
def test_a_function_of_a_task_that_one_may_not_see(office: Office, name: str) -> None:
    for uid in (office["secret"], NOWHERE):
        refused(office.editor.get(f"Task({uid})/{name}()"), 404)
        refused(office.as_("stranger").get(f"Task({office['task']})/{name}"), 404)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_not_called_by_post(office: Office, name: str) -> None:
    with unchanged():
        assert office.act(f"{name}()").status_code == 405
