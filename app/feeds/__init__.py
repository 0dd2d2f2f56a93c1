"""What is fetched and sent without a key: the secret in the address is enough. The iCalendar feed
of a person, the way out of mail about a task, and the bytes of an upload.
"""

from app.feeds.blueprint import feeds, render_error
from app.feeds.upload_blueprint import uploads
from app.http.dialects import Dialect

DIALECT = Dialect(
    name="Feeds",
    prefixes=("/calendar", "/unsubscribe", "/uploads"),
    blueprints=((feeds, None), (uploads, None)),
    render_error=render_error,
)
