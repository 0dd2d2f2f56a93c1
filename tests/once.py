"""Tests that one engine is enough for: what they test is decided before any SQL is stated, or, of
the permission matrices, that each route asks the one rule of who sees what.

`make test-all` runs them on both, `make test` on SQLite. What depends on SQL, on locks or on types
(filters, values, $apply, $expand, paging, the rule itself, commands, concurrency) always does.
"""

import os
from pathlib import Path

import pytest

ALL = os.environ.get("TANDEM_TEST_ALL") == "1"
TESTS = Path(__file__).parent
ONCE = {
    "engine/test_attack_costs.py",
    "engine/test_attack_generated.py",
    "engine/test_batch_json.py",
    "engine/test_batch_multipart.py",
    "engine/test_read_formats.py",
    "engine/test_read_paths.py",
    "engine/test_read_special.py",
    "engine/test_write_bodies.py",
    "engine/test_write_conditions.py",
    "engine/test_write_operations.py",
    "engine/test_write_properties.py",
    "engine/test_write_update.py",
    "functional/odata/test_matrix_ids.py",
    "functional/odata/test_refusals.py",
    "functional/teamwork/test_bad_input.py",
    "functional/teamwork/test_matrix.py",
    "functional/test_read_only_keys.py",
}


def leave_out(items: list[pytest.Item], config: pytest.Config) -> None:
    """Take the second engine's out of what was collected."""
    modules = {TESTS / name for name in ONCE}
    again = {item for item in items if item.path in modules and "postgresql" in item.name}
    if again and not ALL:
        config.hook.pytest_deselected(items=list(again))
        items[:] = [item for item in items if item not in again]
