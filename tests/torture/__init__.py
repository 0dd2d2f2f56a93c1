"""Promises under torture, each with its figure: `python -m tests.torture PROMISE`, `make torture`.

crashes      kill -9 at random instants: nothing acknowledged is lost, no batch is half there
concurrency  32 clients on the same tasks: every last acknowledged value is there
retries      one Idempotency-Key, fifty times at once: one task
networks     slow, cut and silent connections: nobody else waits, nothing is half written
soak         mixed load for long: memory and descriptors stay as they were
backups      dumped and restored, SQLite to PostgreSQL and back: row for row the same
markup       hostile HTML: harmless, and quickly so

The first five run on SQLite and on PostgreSQL servers of their own, with fsync on. Their short
forms are in test_short.py.
"""
