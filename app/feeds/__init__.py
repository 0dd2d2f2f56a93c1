"""What calendars and mail programs fetch without a key: the secret in the address is enough. The
iCalendar feed of a person, and the way out of mail about a task.
"""

from app.feeds.blueprint import feeds, render_error
from app.http.dialects import Dialect

DIALECT = Dialect(
    name="Feeds",
    prefixes=("/calendar", "/unsubscribe"),
    blueprints=((feeds, None),),
    render_error=render_error,
)
