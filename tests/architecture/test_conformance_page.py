"""docs/odata-conformance.md names tests that exist, and leaves no row without a word."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "odata-conformance.md"
TEST = re.compile(
    r"`((?:tests/)?(?:engine|unit|functional|clients|contract)/[\w/]+\.py)(?:::(\w+))?`"
)
LEVELS = ("Minimal", "Intermediate", "Advanced")


def test_every_named_test_exists() -> None:
    named = TEST.findall(PAGE.read_text())
    assert len(named) > 60
    for file, name in named:
        path = ROOT / "tests" / file
        assert path.exists(), file
        assert not name or f"def {name}(" in path.read_text(), f"{file}::{name}"


def test_every_level_of_both_versions_has_rows() -> None:
    text = PAGE.read_text()
    for version in ("4.0", "4.01"):
        for level in LEVELS:
            assert re.search(rf"{re.escape(version)} {level}", text), (version, level)
    rows = [line for line in text.splitlines() if re.match(r"\| [\d.]+", line)]
    assert len(rows) > 80
    for row in rows:
        assert all(cell.strip() for cell in row.strip("|").split("|")[1:]), row
