"""Commands about a task's neighbours: statuses, templates, check lists, plannings, risks, groups,
time entries, custom fields, documents, contacts.

As in commands.py: a field that is UNSET was not sent, None means that it was sent empty. The `uid`
of an Add is a GUID that the client chose. An Edit takes the owner of the thing (its project, its
task) only to refuse another one: nothing here moves to another owner, but for time entries.
"""

from dataclasses import dataclass
from datetime import datetime

from app.services.commands import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStatus:
    """Add a status (board column) to a project, last unless said. Gives its id.

    `color` is 0xRRGGBB.
    """

    project_id: int
    name: str
    position: int | Unset = UNSET
    color: int | None = None
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditStatus:
    """Change a status."""

    status_id: int
    project_id: int | Unset = UNSET
    name: str | Unset = UNSET
    position: int | Unset = UNSET
    color: int | None | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteStatus:
    """Remove a status; its tasks have none then."""

    status_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTemplate:
    """Add a template; without a body it holds nothing. Gives its id."""

    name: str
    body: str | None = None
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTemplate:
    """Rename a template."""

    template_id: int
    name: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteTemplate:
    """Hide a template."""

    template_id: int


@dataclass(frozen=True, slots=True)
class SaveTemplate:
    """Keep the tasks of a project, as far as the viewer sees them, as a template. Gives its id."""

    project_id: int
    name: str


@dataclass(frozen=True, slots=True)
class LoadTemplate:
    """Make the tasks of a template in a project. Gives their ids, in the template's order."""

    template_id: int
    project_id: int


@dataclass(frozen=True, slots=True)
class UploadTemplate:
    """Take a downloaded template back. Gives its id."""

    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckList:
    """Add a check list to a task, or to a project as a whole. Gives its id."""

    name: str
    project_id: int | None = None
    task_id: int | None = None
    position: int | Unset = UNSET
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCheckList:
    """Change a check list."""

    check_list_id: int
    project_id: int | None | Unset = UNSET
    task_id: int | None | Unset = UNSET
    name: str | Unset = UNSET
    position: int | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteCheckList:
    """Hide a check list and its items."""

    check_list_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckListItem:
    """Add an item to a check list. Gives its id."""

    check_list_id: int
    name: str
    is_done: bool = False
    position: int | Unset = UNSET
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCheckListItem:
    """Change an item; when it was done follows from `is_done`."""

    item_id: int
    check_list_id: int | Unset = UNSET
    name: str | Unset = UNSET
    is_done: bool | Unset = UNSET
    position: int | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteCheckListItem:
    """Hide an item."""

    item_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPlanning:
    """Add a planning to a project, last unless said: `progress` in percent, `custom_color`
    any 32-bit number. Gives its id.
    """

    project_id: int
    name: str
    parent_id: int | None = None
    position: int | Unset = UNSET
    custom_color: int | None = None
    progress: int = 0
    start_at: datetime | None = None
    end_at: datetime | None = None
    is_milestone: bool = False
    is_grouping: bool = False
    is_collapsed: bool = False
    description_html: str = ""
    psp_code: str = ""
    location: str = ""
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPlanning:
    """Change a planning."""

    planning_id: int
    project_id: int | Unset = UNSET
    name: str | Unset = UNSET
    parent_id: int | None | Unset = UNSET
    position: int | Unset = UNSET
    custom_color: int | None | Unset = UNSET
    progress: int | Unset = UNSET
    start_at: datetime | None | Unset = UNSET
    end_at: datetime | None | Unset = UNSET
    is_milestone: bool | Unset = UNSET
    is_grouping: bool | Unset = UNSET
    is_collapsed: bool | Unset = UNSET
    description_html: str | Unset = UNSET
    psp_code: str | Unset = UNSET
    location: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeletePlanning:
    """Hide a planning; what is below it comes to the top, its tasks have none then."""

    planning_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRisk:
    """Add a risk to a project; `probability` and `impact` in percent. Gives its id."""

    project_id: int
    name: str
    description_html: str = ""
    probability: int = 0
    impact: int = 0
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRisk:
    """Change a risk."""

    risk_id: int
    project_id: int | Unset = UNSET
    name: str | Unset = UNSET
    description_html: str | Unset = UNSET
    probability: int | Unset = UNSET
    impact: int | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteRisk:
    """Hide a risk; its tasks have none then."""

    risk_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddGroup:
    """Add a group (task list) to a project, last unless said. Gives its id."""

    project_id: int
    name: str
    position: int | Unset = UNSET
    description: str = ""
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditGroup:
    """Change a group."""

    list_id: int
    project_id: int | None | Unset = UNSET
    name: str | Unset = UNSET
    position: int | Unset = UNSET
    description: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteGroup:
    """Hide an empty group."""

    list_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTimeEntry:
    """Log time on a task, in a list, or in a project; one's own unless said. Gives its id.

    It begins now unless said, and lasts `minutes`, or until `ended_at`.
    """

    project_id: int | None = None
    task_id: int | None = None
    list_id: int | None = None
    person_id: int | None = None
    name: str = ""
    description_html: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    minutes: int | None = None
    billable: bool = False
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTimeEntry:
    """Change a time entry. A new start alone keeps its minutes; a new task decides where it is."""

    time_entry_id: int
    project_id: int | None | Unset = UNSET
    task_id: int | None | Unset = UNSET
    list_id: int | None | Unset = UNSET
    person_id: int | Unset = UNSET
    name: str | Unset = UNSET
    description_html: str | Unset = UNSET
    started_at: datetime | Unset = UNSET
    ended_at: datetime | Unset = UNSET
    minutes: int | Unset = UNSET
    billable: bool | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteTimeEntry:
    """Hide a time entry."""

    time_entry_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddField:
    """Define a custom field of the account, or one of a project's tasks. Gives its id.

    `table_name` is "TaskItem" or "Project", `type` as in the model, `options` those of a list.
    """

    name: str
    table_name: str = "TaskItem"
    type: int = 0
    project_id: int | None = None
    options: tuple[str, ...] = ()
    allow_empty: bool = True
    allow_new: bool = False
    currency_symbol: str = ""
    position: int | Unset = UNSET
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditField:
    """Change the definition of a custom field; `table_name` and `type` are only compared."""

    field_id: int
    name: str | Unset = UNSET
    table_name: str | Unset = UNSET
    type: int | Unset = UNSET
    project_id: int | None | Unset = UNSET
    options: tuple[str, ...] | Unset = UNSET
    allow_empty: bool | Unset = UNSET
    allow_new: bool | Unset = UNSET
    currency_symbol: str | Unset = UNSET
    position: int | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteField:
    """Hide a custom field, and with it all its values."""

    field_id: int


@dataclass(frozen=True, slots=True)
class SetFieldValue:
    """Set the value of a custom field, named by column or display name, on a task or project."""

    name: str
    object_uid: str
    value: str | None


@dataclass(frozen=True, slots=True)
class SetProjectField:
    """Set a custom field of a task; a well-formed pf_… name defines a field of its project."""

    task_id: int
    field_name: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDocument:
    """Add a document, empty until its content is put. Gives the id of the file.

    One without a project is its creator's own. `size` is in bytes, `digest` the SHA-256 of them.
    """

    name: str
    project_id: int | None = None
    description_html: str = ""
    digest: str | None = None
    size: int = 0
    uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDocument:
    """Rename or describe a document."""

    file_id: int
    project_id: int | None | Unset = UNSET
    name: str | Unset = UNSET
    description_html: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class PutDocumentContent:
    """Give a document other bytes, which are stored already, as its next revision."""

    file_id: int
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class DeleteDocument:
    """Hide a document, also on the tasks that carry it."""

    file_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPerson:
    """Change a person; the company only by an administrator."""

    person_id: int
    company_id: int | Unset = UNSET
    first_name: str | Unset = UNSET
    last_name: str | Unset = UNSET
    email: str | Unset = UNSET
    user_name: str | Unset = UNSET
    title: str | Unset = UNSET
    avatar_url: str | Unset = UNSET
    zone: str | None | Unset = UNSET


@dataclass(frozen=True, slots=True)
class RevokeFeed:
    """Close the address of a person's calendar feed; a new one is made when he next asks."""

    person_id: int
