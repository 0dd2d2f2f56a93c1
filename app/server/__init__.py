"""The worker class of gunicorn: whole requests only, refusals in the words of both dialects."""
