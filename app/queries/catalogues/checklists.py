"""Check lists of tasks and of projects, and their items."""

from app.access import visible_check_list, visible_check_list_item
from app.models import CheckList, CheckListItem, Person, Project, Task
from app.queries.query import Catalogue
from app.queries.relationships import (
    by_key,
    columns_of,
    living,
    number_of,
    to_many,
    to_one,
    value_at,
)

CHECK_LIST, ITEM = CheckList.__table__.c, CheckListItem.__table__.c

CHECK_LISTS = Catalogue(
    name="Check list",
    source=CheckList.__table__,
    columns={
        **columns_of(CheckList, "project_id task_id name position creator_id"),
        "items": number_of(CheckListItem, "check_list_id", CHECK_LIST.id, living),
        "items_done": number_of(
            CheckListItem, "check_list_id", CHECK_LIST.id, living, lambda item: item.is_done
        ),
        "project_uid": value_at(Project, CHECK_LIST.project_id, "uid"),
        "task_uid": value_at(Task, CHECK_LIST.task_id, "uid"),
        "creator_uid": value_at(Person, CHECK_LIST.creator_id, "uid"),
    },
    visible=lambda viewer, _: visible_check_list(viewer),
    ties=("position", "id"),
    references={
        "project_uid": by_key("project_id", Project),
        "task_uid": by_key("task_id", Task),
        "creator_uid": by_key("creator_id", Person),
    },
    links={
        "project": to_one("Project", "project_id"),
        "task": to_one("Task", "task_id"),
        "creator": to_one("Person", "creator_id"),
        "items": to_many("Check list item", "check_list_id"),
    },
    searched=("name",),
)

CHECK_ITEMS = Catalogue(
    name="Check list item",
    source=CheckListItem.__table__,
    columns={
        **columns_of(CheckListItem, "check_list_id name is_done done_at position"),
        "check_list_uid": value_at(CheckList, ITEM.check_list_id, "uid"),
    },
    visible=lambda viewer, _: visible_check_list_item(viewer),
    ties=("position", "id"),
    references={"check_list_uid": by_key("check_list_id", CheckList)},
    links={"check_list": to_one("Check list", "check_list_id")},
    searched=("name",),
)
