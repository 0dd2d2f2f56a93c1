"""Documents and people: who may change them."""

import hashlib
from typing import Any

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.models import File, Person
from app.services.execute import execute, maintain
from app.services.neighbour_commands import (
    AddDocument,
    DeleteDocument,
    EditDocument,
    EditPerson,
    PutDocumentContent,
    RevokeFeed,
)
from tests.builders import World
from tests.store.neighbours import UID, cast, check_refusals, refused, row

DIGEST = hashlib.sha256(b"hello").hexdigest()
EMPTY = hashlib.sha256(b"").hexdigest()


def test_documents(world: World) -> None:
    here = cast(world)
    editor = world.viewer(here.editor)
    file = execute(
        AddDocument(project_id=here.project, name="a.pdf", description_html="<b>", uid=UID), editor
    )
    made = row(File, file)
    assert (made["digest"], made["size"], made["revision"]) == (EMPTY, 0, 1)
    assert (made["description_html"], made["uid"]) == ("<b></b>", UID)
    assert made["creator_id"] == here.editor
    execute(PutDocumentContent(file, DIGEST, 5), editor)
    changed = row(File, file)
    assert (changed["digest"], changed["size"], changed["revision"]) == (DIGEST, 5, 2)
    execute(EditDocument(file_id=file, name="b.pdf", project_id=here.project), editor)
    assert (row(File, file)["name"], row(File, file)["version"]) == ("b.pdf", 3)
    execute(DeleteDocument(file), world.viewer(here.manager))
    assert row(File, file)["deleted_at"] is not None
    with refused(NotFound):
        execute(DeleteDocument(file), editor)
    full = execute(AddDocument(project_id=here.project, name="c", digest=DIGEST, size=5), editor)
    assert (row(File, full)["digest"], row(File, full)["size"]) == (DIGEST, 5)


def test_tasks_show_what_happens_to_their_documents(world: World) -> None:
    here = cast(world)
    file = world.file(here.project, task=here.task)
    editor = world.viewer(here.editor)
    for number, command in enumerate(
        (
            EditDocument(file_id=file, name="new"),
            PutDocumentContent(file, DIGEST, 5),
            DeleteDocument(file),
        ),
        start=2,
    ):
        execute(command, editor)
        assert world.row(here.task, "version", "updater_id") == (number, None)


def test_ones_own_documents(world: World) -> None:
    """Whoever put a document there changes it, and his own ones nobody else sees."""
    here = cast(world)
    viewer = world.viewer(here.viewer)
    own = execute(AddDocument(name="mine"), viewer)
    execute(EditDocument(file_id=own, name="still mine"), viewer)
    with refused(NotFound):
        execute(DeleteDocument(own), world.viewer())
    maintain(lambda work: work.change(File, own, project_id=here.project))
    execute(EditDocument(file_id=own, name="there now"), viewer)
    execute(EditDocument(file_id=own, name="by an editor"), world.viewer(here.editor))
    assert row(File, own)["name"] == "by an editor"


def test_refused_changes_of_documents(world: World) -> None:
    here = cast(world)
    file = world.file(here.project)
    hidden = world.file(here.project, task=world.task(here.list, private=True))
    other = world.project("other")
    add = AddDocument(project_id=here.project, name="x")
    check_refusals(
        world,
        [
            (here.stranger, Invalid, "project_id", add),
            (here.stranger, NotFound, None, EditDocument(file_id=file, name="x")),
            (here.stranger, NotFound, None, PutDocumentContent(file, DIGEST, 5)),
            (here.manager, NotFound, None, DeleteDocument(hidden)),
            (here.viewer, Forbidden, None, add),
            (here.viewer, Forbidden, None, EditDocument(file_id=file, name="x")),
            (here.viewer, Forbidden, None, PutDocumentContent(file, DIGEST, 5)),
            (here.viewer, Forbidden, None, DeleteDocument(file)),
            (here.editor, Invalid, "name", EditDocument(file_id=file, name="x" * 256)),
            (here.editor, Invalid, "name", AddDocument(name="")),
            (world.admin, Invalid, "project_id", EditDocument(file_id=file, project_id=other)),
            (here.editor, Conflict, None, AddDocument(name="x", uid="no guid")),
        ],
    )


def test_people(world: World) -> None:
    here = cast(world)
    company = world.company("New Company")
    execute(
        EditPerson(
            person_id=here.editor,
            first_name="Edith",
            last_name="",
            email=" Edith@Example.com ",
            user_name="edith",
            title="Dr",
            zone="Europe/Berlin",
            avatar_url="https://example.com/e.png",
        ),
        world.viewer(here.editor),
    )
    changed = row(Person, here.editor)
    assert (changed["first_name"], changed["title"]) == ("Edith", "Dr")
    assert (changed["email"], changed["email_key"]) == ("Edith@Example.com", "edith@example.com")
    assert (changed["zone"], changed["version"]) == ("Europe/Berlin", 2)
    image = changed["image_uid"]
    assert image is not None

    def edit(**values: Any) -> dict[str, Any]:
        execute(EditPerson(person_id=here.editor, **values), world.viewer())
        return row(Person, here.editor)

    same = edit(avatar_url="https://example.com/e.png", company_id=company, zone=None)
    assert (same["image_uid"], same["company_id"], same["zone"]) == (image, company, None)
    assert edit(avatar_url="https://example.com/f.png")["image_uid"] not in (image, None)
    assert edit(avatar_url="")["image_uid"] is None
    assert edit(email="EDITH@example.com")["email"] == "EDITH@example.com"


def test_a_feed_is_revoked(world: World) -> None:
    here = cast(world)
    maintain(lambda work: work.change(Person, here.editor, feed_token="secret"))
    for who in (here.stranger, here.manager):
        with refused(NotFound if who == here.stranger else Forbidden):
            execute(RevokeFeed(here.editor), world.viewer(who))
    execute(RevokeFeed(here.editor), world.viewer(here.editor))
    assert row(Person, here.editor)["feed_token"] is None


@pytest.mark.parametrize(
    "email", ["", "x", "@x", "x@", "a b@x", "a@b\n.c", "\0@x", "x" * 320 + "@x"]
)
def test_an_address_is_one(world: World, email: str) -> None:
    here = cast(world)
    with refused(Invalid, "email"):
        execute(EditPerson(person_id=here.editor, email=email), world.viewer())


def test_refused_changes_of_people(world: World) -> None:
    here = cast(world)
    taken = row(Person, here.manager)["email"].upper()

    def edit(**values: Any) -> EditPerson:
        return EditPerson(person_id=here.editor, **values)

    company = row(Person, here.editor)["company_id"]
    execute(edit(company_id=company), world.viewer(here.editor))
    check_refusals(
        world,
        [
            (here.stranger, NotFound, None, edit(first_name="x")),
            (here.manager, Forbidden, None, edit(first_name="x")),
            (here.editor, Forbidden, None, edit(company_id=company + 1)),
            (world.admin, Invalid, "company_id", edit(company_id=company + 99)),
            (here.editor, Conflict, None, edit(email=taken)),
            (here.editor, Invalid, "first_name", edit(first_name="x" * 101)),
            (here.editor, Invalid, "zone", edit(zone="Mars/Olympus")),
            (here.editor, Invalid, "zone", edit(zone="../../etc/passwd")),
            (here.editor, Invalid, "user_name", edit(user_name=" ")),
            (here.editor, Invalid, "title", edit(title="a\0b")),
        ],
    )
