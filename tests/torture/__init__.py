"""Promises under torture, each with its figure: `python -m tests.torture PROMISE`, `make torture`.

crashes      kill -9 at random instants: nothing acknowledged is lost, no batch is half there
concurrency  32 clients on the same tasks: every last acknowledged value is there
retries      one Idempotency-Key, fifty times at once: one task
networks     slow, cut and silent connections: nobody else waits, nothing is half written
soak         mixed load for long: memory and descriptors stay as they were
backups      dumped and restored, SQLite to PostgreSQL and back: row for row the same
markup       hostile HTML: harmless, and quickly so
timing       what is hidden and what never was: the same time, within a twentieth
fuzz_openapi what schemathesis makes of /openapi.json: never a failure, nor what it does not tell
fuzz_odata   OData out of its own model, nearly right: never a failure, always OData's shape
fuzz_replay  real requests of both dialects, damaged: never a failure, always the dialect's shape

The fuzzes fire at an application in their own process; FUZZ_SEED is the seed, 1 unless set. The
first five run on SQLite and on PostgreSQL servers of their own, with fsync on. Their short
forms are in test_short.py.
"""
