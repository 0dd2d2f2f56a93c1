"""The WSGI entry: `gunicorn wsgi:app` serves a migrated store; `flask` commands find the app here
too.
"""

import gc

gc.disable()  # nothing of what is loaded is garbage, and to find that out takes a tenth of a second

from app import create_app  # noqa: E402

app = create_app()
gc.enable()
