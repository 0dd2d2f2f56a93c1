"""docs/coverage.md is current and all ticked; docs/compatibility.md has a row and a test for every
decision.
"""

import subprocess
import sys
from pathlib import Path


def test_the_pages_are_current_and_complete() -> None:
    command = [sys.executable, "-m", "tests.contract.coverage_page", "--check"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    assert done.returncode == 0, done.stderr
