"""What a call of an operation names: the task that it is bound to, and things by their GUIDs."""

from collections.abc import Sequence

from app.access import Viewer
from app.errors import Invalid
from app.odata.engine.source import Answer, Call, Entities
from app.queries import identities
from app.queries.catalogues.tasks import TASKS
from app.queries.query import Catalogue


def bound_task(call: Call) -> int:
    """The id of the task that the operation is bound to. Raises NotFound."""
    assert call.key is not None
    return identities.id_of(TASKS, str(call.key[0]), call.caller)


def named(catalogue: Catalogue, uid: str, field: str, viewer: Viewer) -> int:
    """The id of something that a parameter names. Raises Invalid naming the parameter."""
    return all_named(catalogue, (uid,), field, viewer)[0]


def all_named(
    catalogue: Catalogue, uids: Sequence[str], field: str, viewer: Viewer
) -> tuple[int, ...]:
    """The ids of things that a parameter names, each once. Raises Invalid naming the parameter."""
    found = identities.ids_of(catalogue, tuple(dict.fromkeys(uids)), viewer)
    missing = [uid for uid in uids if uid not in found]
    if missing:
        raise Invalid({field: f"no such {catalogue.name.lower()}: {', '.join(missing[:10])}"})
    return tuple(dict.fromkeys(found[uid] for uid in uids))


def the_same(call: Call) -> Answer:
    """The task that the operation is bound to, for who asks to see it."""
    assert call.key is not None
    return Entities("Task", (call.key,))
