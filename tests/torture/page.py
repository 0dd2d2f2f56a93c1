"""`python -m tests.torture.page`: docs/reliability.md out of docs/reliability.json and the words in
docs/reliability.remarks.md.
"""

import json
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs"
FIGURES, REMARKS, PAGE = (
    DOCS / name for name in ("reliability.json", "reliability.remarks.md", "reliability.md")
)
HEAD = """\
# Reliability

What Tandem promises of its data and its service, how it is tortured for it, and the figures. Made
by `python -m tests.torture.page` out of `reliability.json` and `reliability.remarks.md`.
"""


def page(reports: list[dict[str, Any]], remarks: str) -> str:
    """The whole page."""
    parts = [HEAD, remarks.strip(), "## The figures", *map(_section, _by_promise(reports))]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _by_promise(reports: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    names = sorted({report["promise"] for report in reports})
    ordered = sorted(reports, key=lambda each: each["engine"], reverse=True)
    return [[each for each in ordered if each["promise"] == name] for name in names]


def _section(reports: list[dict[str, Any]]) -> str:
    rows = [
        f"| {each['engine']} | {_verdict(each)} | {_figures(each['figures'])} | {each['date']} |"
        for each in reports
    ]
    commands = "\n".join(f"    {each}" for each in sorted({each["command"] for each in reports}))
    table = "\n".join(["| engine | | figures | day |", "|---|---|---|---|", *rows])
    return f"### {reports[0]['promise']}\n\n{table}\n\n{commands}"


def _verdict(report: dict[str, Any]) -> str:
    return "kept" if not report["broken"] else f"**broken**, {len(report['broken'])} times"


def _figures(figures: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {each}" for name, each in figures.items())


def main() -> None:
    """Write the page."""
    reports = json.loads(FIGURES.read_text())["reports"]
    PAGE.write_text(page(reports, REMARKS.read_text()))


if __name__ == "__main__":
    main()
