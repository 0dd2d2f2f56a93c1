"""Relations: two tasks that have to do with each other, the same from both sides."""

import pytest

from tests.functional.odata.office import NOWHERE, Office, refused, unchanged


def related(office: Office, on: str = "task", who: str = "editor") -> list[str]:
    """The names of the tasks that are related to one."""
    return office.as_(who).names(f"Task({office[on]})/Relations", orderby="Name")


@pytest.mark.covers("odata:POST Task({key})/AddRelation", "AddRelation.itemId")
@pytest.mark.decision(24, 34)
def test_tasks_are_related(office: Office) -> None:
    response = office.act("AddRelation", {"itemId": office["other"]})
    assert (response.status_code, response.data) == (204, b"")
    assert (related(office), related(office, "other")) == (["the other"], ["the task"])
    with unchanged():
        assert office.act("AddRelation", {"itemId": office["other"]}).status_code == 204
        again = office.act("AddRelation", {"itemId": office["task"]}, on="other")
        assert again.status_code == 204


@pytest.mark.covers("odata:POST Task({key})/RemoveRelation", "RemoveRelation.itemId")
@pytest.mark.decision(24)
@pytest.mark.parametrize(("one", "two"), [("task", "other"), ("other", "task")])
def test_tasks_are_parted(office: Office, one: str, two: str) -> None:
    office.act("AddRelation", {"itemId": office["other"]})
    response = office.act("RemoveRelation", {"itemId": office[two]}, on=one)
    assert (response.status_code, response.data) == (204, b"")
    assert (related(office), related(office, "other")) == ([], [])
    with unchanged():
        refused(office.act("RemoveRelation", {"itemId": office[two]}, on=one), 422, "itemId")


def test_a_task_has_no_relation_to_itself(office: Office) -> None:
    with unchanged():
        refused(office.act("AddRelation", {"itemId": office["task"]}), 422, "itemId")


def test_the_other_may_be_in_another_project(office: Office) -> None:
    body = {"itemId": office["away_task"]}
    assert office.act("AddRelation", body, who="admin").status_code == 204
    assert related(office, who="admin") == ["away"]
    assert related(office) == []
    with unchanged():
        refused(office.act("RemoveRelation", body), 422, "itemId")
    assert office.act("RemoveRelation", body, who="admin").status_code == 204


@pytest.mark.decision(7)
def test_a_hidden_task_is_in_no_relation(office: Office) -> None:
    manager = office.as_("manager")
    manager.post(f"Task({office['task']})/AddRelation", {"itemId": office["secret"]})
    office.act("AddRelation", {"itemId": office["other"]})
    assert related(office) == ["the other"]
    assert related(office, who="manager") == ["the other", "the secret"]
    task = f"Task({office['task']})"
    assert office.editor.get(f"{task}/Relations/$count").text == "1"
    expanded = office.editor.one(task, expand="Relations")["Relations"]
    assert [each["Name"] for each in expanded] == ["the other"]
    found = office.editor.names("Task", filter="Relations/any(r: r/Name eq 'the secret')")
    assert found == []


@pytest.mark.decision(5)
def test_a_deleted_task_is_in_no_relation(office: Office) -> None:
    office.act("AddRelation", {"itemId": office["other"]})
    office.editor.delete(f"Task({office['other']})")
    assert related(office) == []


@pytest.mark.decision(34)
def test_relations_by_reference(office: Office) -> None:
    task = f"Task({office['task']})"
    for address in (f"Task({office['other']})", f"http://localhost/odata/Task({office['other']})"):
        made = office.editor.post(f"{task}/Relations/$ref", {"@odata.id": address})
        assert made.status_code == 204, made.text
        assert related(office, "other") == ["the task"]
        gone = office.editor.delete(f"{task}/Relations/$ref?$id={address}")
        assert gone.status_code == 204, gone.text
        assert related(office) == []
    with unchanged():
        for uid in (office["secret"], NOWHERE):
            body = {"@odata.id": f"Task({uid})"}
            refused(office.editor.post(f"{task}/Relations/$ref", body), 400, f"Task({uid})")
        body = {"@odata.id": f"Task({office['task']})"}
        refused(office.editor.post(f"{task}/Relations/$ref", body), 422, "@odata.id")
        refused(office.as_("viewer").post(f"{task}/Relations/$ref", body), 403)


@pytest.mark.decision(25)
def test_both_tasks_have_a_new_version(office: Office) -> None:
    before = [office.one(name)["@odata.etag"] for name in ("task", "other")]
    office.act("AddRelation", {"itemId": office["other"]})
    after = [office.one(name)["@odata.etag"] for name in ("task", "other")]
    assert before[0] != after[0]
    assert before[1] != after[1]
