"""Several machines on one: `make cluster-test` (failover.py, pooler.py); too long for `make test`,
which runs the short test_*.py of this folder only.
"""
