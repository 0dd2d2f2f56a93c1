"""Comments: their payload (facts 2.1), and the bodies that add and change them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.http.payload import PayloadField
from app.queries.catalogues.comments import COMMENTS
from app.queries.values import Attachment
from app.services.talk_commands import HTML, TEXT, AddComment, EditComment
from app.teamwork.schemas.fields import (
    DIGITS,
    Constant,
    Flag,
    Flag01,
    IdText,
    Plain,
    Stamp,
    TeamworkSchema,
)
from app.teamwork.schemas.inputs import (
    REFUSED,
    Bool,
    Id,
    Ids,
    RequestSchema,
    Text,
    Texts,
    Word,
    envelope,
)
from app.teamwork.schemas.listing import listed
from app.teamwork.schemas.spellings import BOOLEANS
from app.teamwork.schemas.task_fields import Attachments

MAX_BODY: Final = 262_144
EVERYBODY: Final = "everybody"
# Digits are ids of people here.
WORDS = {word: said for word, said in BOOLEANS.items() if not word.isdigit()} | {"all": True}


class HowMany(PayloadField):
    """How many there are of something, as text."""

    json_type = DIGITS

    def render(self, value: Sequence[Attachment]) -> str:
        return str(len(value))


class Comment(TeamworkSchema):
    """A comment on a task; its ids and counts are text in both shapes."""

    facet_names = frozenset(COMMENTS.facets)

    id = IdText("id", "id")
    body = Plain("body", "text")
    html_body = Plain("html-body", "html")
    content_type = Plain("content-type", "content_type")
    datetime = Stamp("datetime", "created_at")
    last_changed_on = Stamp("last-changed-on", "changed_at")
    type = Constant("type", "task")
    commentable_type = Constant("commentable_type", "todo_items")
    commentable_id = IdText("commentable-id", "task_id")
    item_name = Plain("item-name", "task_name")
    comment_link = Plain("comment-link", "link")
    comment_no = IdText("commentNo", "number")
    author_id = IdText("author-id", "author_id")
    author_id_again = IdText("author_id", "author_id")
    author_firstname = Plain("author-firstname", "author.first_name")
    author_lastname = Plain("author-lastname", "author.last_name")
    author_avatar = Plain("author-avatar-url", "author.avatar_url")
    author_company = Plain("author-company", "author_company")
    company_id = IdText("company-id", "project.company_id", absent="")
    company_name = Plain("company-name", "project.company_name", absent="")
    project_id = IdText("project-id", "project_id")
    project_name = Plain("project-name", "project.name", absent="")
    private = Constant("private", "0")
    is_read = Flag01("isRead", "is_read")
    emailed_from = Constant("emailed-from", "")
    lockdown_id = IdText("lockdown-id", "lockdown_id")
    notified = IdText("nr-notified-people", "notified")
    attachments = Attachments("attachments", absent=[])
    attachments_count = HowMany("attachments-count", "attachments", absent="0")
    attachments_count_again = HowMany("attachments_count", "attachments", absent="0")
    can_edit = Flag("canEdit", "can_edit")
    can_delete = Flag("canDelete", "can_delete")
    can_like = Constant("canLike", False)


COMMENT = listed(COMMENTS, Comment)


class Notify(Ids):
    """Who is to be told: true for everybody on the task, false for nobody, or people by their ids
    ("1" is a person).
    """

    json_type: Mapping[str, Any] = {**Ids.json_type, "type": [*Ids.json_type["type"], "boolean"]}

    def __init__(self, **options: Any) -> None:
        super().__init__(none=(0,), **options)
        self.expected = "true, false, or ids as a comma list"

    def parse(self, value: Any) -> Any:
        word = str(value).lower() if isinstance(value, bool) else value
        if isinstance(word, str) and word.strip().lower() in WORDS:
            return EVERYBODY if WORDS[word.strip().lower()] else ()
        return super().parse(value)


class CommentBody(RequestSchema):
    """A comment to change. Comments are as private as their task: `isprivate` says nothing."""

    body = Text(MAX_BODY, cleared=REFUSED)
    content_type = Word({"text": TEXT, "html": HTML}, data_key="content-type")
    pending_files = Texts(100, data_key="pendingFileAttachments")
    is_private = Bool(data_key="isprivate")


class NewCommentBody(CommentBody):
    """A comment to add."""

    body = Text(MAX_BODY, cleared=REFUSED, required=True)
    notify = Notify()
    author_id = Id(data_key="author-id")


def add_comment(body: Mapping[str, Any], task_id: int) -> AddComment:
    """POST /tasks/{id}/comments.json. Raises Invalid."""
    values = NewCommentBody.read(envelope(body, "comment"))
    values.pop("is_private", None)
    if values.get("notify") == EVERYBODY:
        values |= {"notify": (), "notify_all": True}
    return AddComment(task_id=task_id, **values)


def edit_comment(body: Mapping[str, Any], comment_id: int) -> EditComment:
    """PUT /comments/{id}.json. Raises Invalid."""
    values = CommentBody.read(envelope(body, "comment"))
    values.pop("is_private", None)
    return EditComment(note_id=comment_id, **values)
