"""Commands whose refusals name the members of one kind of body: `person_id` is `person-id` of a
time entry, but elsewhere it is spelled otherwise.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from app.errors import Invalid

T = TypeVar("T")


def carried(act: Callable[[], T], spelled: Mapping[str, str]) -> T:
    """What the act gives. Raises Invalid, its names as the body spells them."""
    try:
        return act()
    except Invalid as error:
        said = {spelled.get(name, name): texts for name, texts in error.messages.items()}
        raise Invalid(said) from None
