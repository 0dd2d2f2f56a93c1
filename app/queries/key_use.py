"""Whether the last use of a key is to be noted (services/key_use.py): to the hour.

Not at each request: a write would cost more than most reads do, and every write ends what is kept
of whole answers (docs/adr/0007). The row of the key, which is read anyway, tells whether an hour
has passed.
"""

from datetime import datetime, timedelta

from app.clock import clock
from app.extensions import db
from app.queries.keys import Known
from app.queries.remembered import Memories

HOUR = timedelta(hours=1)
AGAIN = timedelta(minutes=5)  # until it is tried again
ROOM = 2**17
ITEM = 200

_tried: Memories[datetime] = Memories(ROOM)


def is_due(known: Known) -> bool:
    """The last use that is noted of a key is an hour ago, and nobody here has tried to note it."""
    now = clock.now()
    if known.used_at is not None and now - known.used_at < HOUR:
        return False
    tried = _tried.of(db.engine).get(known.key_id)
    return tried is None or now - tried >= AGAIN


def trying(key_id: int) -> None:
    """Remember that the use of a key is being noted."""
    _tried.of(db.engine).put(key_id, clock.now(), ITEM)
