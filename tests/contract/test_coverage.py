"""docs/coverage.md is current and all ticked; docs/compatibility.md has a row and a test for every
decision.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.coverage_page import Collector, faults

ROOT = Path(__file__).resolve().parents[2]


def test_the_pages_are_current_and_complete(request: pytest.FixtureRequest) -> None:
    """By what this run has collected, if that is all; else by collecting once more."""
    asked = request.config
    if asked.args in (["tests"], [str(ROOT / "tests")]) and not (
        asked.option.keyword or asked.option.markexpr or asked.option.ignore
    ):
        collector = Collector()
        collector.pytest_collection_finish(request.session)
        assert faults(collector) == []
        return
    command = [sys.executable, "-m", "tests.contract.coverage_page", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
