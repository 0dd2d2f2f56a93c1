"""What the ids in paths and arguments name, who sees it, and who may do what with it
(decisions 7 and 9).

A variant is "open" (of everybody in the project), "secret" (a private task and what hangs on it),
"listed" (in a private list), "foreign" (of another project), or something of its kind's own.
"""

from collections.abc import Mapping

MISSING = 987_654
MISSING_REF = "tf_missing"
ALL = ("open", "secret", "listed", "foreign")


def _names(kind: str, *which: str) -> dict[str, str]:
    return {each: f"{each}_{kind}" for each in which}


TARGETS: Mapping[str, Mapping[str, str]] = {
    "task": _names("task", *ALL),
    "list": _names("list", "open", "secret", "foreign"),
    "project": {"open": "project", "foreign": "foreign_project"},
    "person": {"open": "editor", "foreign": "stranger"},
    "company": {"open": "company", "foreign": "foreign_company", "empty": "empty_company"},
    "category": {"open": "category", "gone": "gone_category"},
    "tag": {"open": "secret_tag"},
    "comment": {**_names("comment", *ALL), "gone": "open_trashed_comment"},
    "entry": _names("entry", *ALL),
    "file": _names("file", *ALL),
    "reminder": _names("reminder", *ALL, "lost"),
    "reminded_task": _names("task", *ALL),
    "column": {"open": "column", "foreign": "foreign_column"},
    "card": {**_names("task", *ALL), "off": "off_board"},
    "lockdown": _names("lockdown", "secret", "listed", "foreign"),
    "webhook": _names("webhook", "open", "foreign"),
    "trashed_task": {**_names("trashed_task", *ALL), "alive": "open_task"},
    "trashed_list": {
        **_names("trashed_list", "open", "secret", "foreign"),
        "alive": "open_list",
    },
    "trashed_comment": {**_names("trashed_comment", *ALL), "alive": "open_comment"},
}
# The second id of a path, for each variant of the first.
SECOND: Mapping[str, Mapping[str, str]] = {
    "key": _names("key", "open", "foreign"),
    "person": {"open": "viewer", "foreign": "stranger"},
    "delivery": _names("delivery", "open", "foreign"),
    "reminder": _names("reminder", *ALL),
}

INSIDE = frozenset(
    ("viewer", "editor", "read-only", "manager", "assignee", "grantee", "administrator")
)
EVERYBODY = INSIDE | {"stranger"}
NOBODY: frozenset[str] = frozenset()
ABROAD = frozenset(("stranger", "administrator"))
ADMITTED = frozenset(("assignee", "grantee"))
GRANTEE = frozenset(("grantee",))
READER = frozenset(("editor", "read-only"))
SEEN: Mapping[str, frozenset[str]] = {
    "open": INSIDE,
    "secret": ADMITTED,
    "listed": GRANTEE,
    "foreign": ABROAD,
    "empty": frozenset(("administrator",)),
}
# A reminder is its person's and its maker's.
_REMINDED: Mapping[str, frozenset[str]] = {
    "open": READER,
    "secret": frozenset(("assignee",)),
    "foreign": frozenset(("stranger",)),
}
SEEN_OTHERWISE: Mapping[str, Mapping[str, frozenset[str]]] = {
    "company": {"open": EVERYBODY},
    "category": {"open": EVERYBODY},
    "tag": {"open": EVERYBODY},
    "list": {"secret": GRANTEE},
    "trashed_list": {"secret": GRANTEE},
    "reminder": _REMINDED,
    "reminded_task": _REMINDED,
    "lockdown": {"foreign": frozenset(("stranger",))},
    "webhook": {"open": READER | {"administrator"}},
}


def sees(caller: str, kind: str, which: str) -> bool:
    """Whether a caller sees a variant of a kind."""
    other = SEEN_OTHERWISE.get(kind, {})
    return caller in other.get(which, SEEN.get(which, NOBODY))


READ, ANY = "read", "any"  # whoever sees it; whoever has a key
EDIT, COMPLETE, MANAGE = "edit", "complete", "manage"
AUTHOR, OWN_OR_MANAGE = "author", "own or manage"  # who made it; he and the managers
SELF, ADD_PROJECTS, ADMINISTER = "self", "add projects", "administer"

EDITORS = frozenset(("editor", "manager", "grantee", "administrator"))
MANAGERS = frozenset(("manager", "administrator"))
_MADE = {"secret": frozenset(("assignee",)), "listed": GRANTEE, "foreign": ABROAD}
_BY_EDITOR = frozenset(("editor", "administrator"))
# Who may, of those who see the thing; "" is any other variant.
MAY: Mapping[str, Mapping[str, frozenset[str]]] = {
    READ: {"": EVERYBODY},
    ANY: {"": EVERYBODY},
    EDIT: {"": EDITORS, "foreign": ABROAD},
    COMPLETE: {"": EDITORS, "secret": ADMITTED, "foreign": ABROAD},
    MANAGE: {"": MANAGERS, "foreign": ABROAD},
    AUTHOR: {**_MADE, "open": _BY_EDITOR},
    OWN_OR_MANAGE: {**_MADE, "open": _BY_EDITOR | {"manager"}},
    SELF: {"open": READER | {"administrator"}, "foreign": ABROAD},
    ADD_PROJECTS: {"": MANAGERS},
    ADMINISTER: {"": frozenset(("administrator",))},
}


def may(caller: str, needs: str, which: str) -> bool:
    """Whether a caller may do it with a variant that he sees."""
    allowed = MAY[needs]
    return caller in allowed.get(which, allowed.get("", NOBODY))


_TASKS = ("secret_task", "listed_task", "foreign_task", "open_trashed_task")
# Ids of each kind that the callers cannot see, or may not name in arguments.
HIDDEN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "editor": {
        "task": _TASKS,
        "list": ("secret_list", "foreign_list", "open_trashed_list"),
        "column": ("foreign_column",),
        "file": ("secret_file", "listed_file", "foreign_file"),
        "person": ("stranger",),
        "creator": ("stranger",),
        "company": ("foreign_company", "empty_company", "gone_company"),
        "category": ("gone_category",),
        "template": ("gone_template",),
        "project": ("foreign_project",),
        "upload": ("secret_ref",),
        "secret tag": ("secret_tag",),
        "tag": (),
        "ignored": (),
    },
    "administrator": {
        "task": ("secret_task", "listed_task", "open_trashed_task"),
        "task, deleted or not": ("secret_task", "listed_task"),
        "list": ("secret_list", "open_trashed_list"),
        "file": ("secret_file", "listed_file"),
        "upload": ("secret_ref",),
        "company": ("gone_company",),
        "category": ("gone_category",),
        "template": ("gone_template",),
        "secret tag": ("secret_tag",),
        "creator": ("stranger",),
    },
}


def hidden_from(caller: str, kind: str) -> tuple[str, ...]:
    """Names of ids of a kind that a caller cannot see; his own project is another for a stranger,
    who has nothing in the first one.
    """
    if caller in HIDDEN:
        return HIDDEN[caller].get(kind, ())
    if caller == "stranger":
        return tuple(each for each in OF_FIRST.get(kind, ()))
    return tuple(each for each in HIDDEN["editor"].get(kind, ()) if not _admitted(caller, each))


def _admitted(caller: str, name: str) -> bool:
    """Whether a caller sees what an editor does not. What is deleted nobody sees."""
    if name in ("secret_ref", "secret_tag") or "_trashed_" in name:
        return name == "secret_tag" and caller in ADMITTED
    which = "listed" if name == "secret_list" else name.partition("_")[0]
    return caller in SEEN.get(which, NOBODY)


# What a stranger to the first project cannot see of it.
OF_FIRST: Mapping[str, tuple[str, ...]] = {
    "task": ("open_task", "secret_task", "listed_task"),
    "task, deleted or not": ("open_task",),
    "list": ("open_list", "secret_list"),
    "column": ("column",),
    "file": ("open_file", "secret_file"),
    "person": ("editor",),
    "creator": ("editor",),
    "company": ("empty_company", "gone_company"),
    "category": ("gone_category",),
    "template": ("gone_template",),
    "project": ("project",),
    "upload": ("secret_ref",),
    "secret tag": ("secret_tag",),
}
