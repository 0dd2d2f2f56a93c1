"""The WSGI entry: `gunicorn wsgi:app` serves a migrated store; `flask` commands find the app here
too.
"""

from app import create_app

app = create_app()
