"""docs/query-plans.md from what was looked at."""

from dataclasses import dataclass

from bench.plan_cases import SORT_WORDS, Case
from bench.plan_run import Look

SLOW_MS = 50.0
VIEWERS = ("administrator", "member")
Looks = dict[tuple[str, Case], Look]

HEAD = (
    "| scope | options | rows | administrator: found by | page ms | count ms "
    "| member: found by | page ms | count ms |\n|---|---|--:|---|--:|--:|---|--:|--:|"
)
INTRO = """# Query plans

Written by `python -m bench.plans`.

For every filter, sort and option of the lists of tasks: how the page query finds its first 250
rows, and how long the page query and the count (for the page headers) take, the median of three
warm runs (of one, if that took half a second), without look-ups, rendering and HTTP.

`scan INDEX`: rows come in the order of the index and reading stops when the page is full.
`search INDEX`: rows come from a part of the index. `sorts`: all rows that qualify are read and
sorted, by all or the last terms of the order, before the page is cut off. The administrator sees
every project; the member belongs to three of a hundred.
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """What was looked at in one store."""

    title: str
    facts: str
    looks: Looks


def document(sections: list[str]) -> str:
    """The whole page."""
    return "\n".join([INTRO, *sections])


def section(engine: Engine) -> str:
    """What was looked at in one store."""
    parts = [f"## {engine.title}\n\n{engine.facts}\n", _slow(engine.looks)]
    for group, heading in (
        ("filter", "Filters, in the default order (due date)"),
        ("sort", "Sorts of the open tasks"),
        ("option", "Other options"),
        ("completedtasks.json", "/completedtasks.json"),
    ):
        parts.append(f"### {heading}\n\n{_table(engine.looks, group)}\n")
    return "\n".join([*parts, _matrix(engine.looks)])


def _cases(looks: Looks, group: str) -> list[Case]:
    return [case for viewer, case in looks if viewer == VIEWERS[0] and case.group == group]


def _table(looks: Looks, group: str) -> str:
    lines = [HEAD]
    for case in _cases(looks, group):
        cells = [case.scope, f"`{case.label}`", f"{looks[VIEWERS[0], case].rows:,}"]
        for viewer in VIEWERS:
            one = looks[viewer, case]
            cells += [str(one.plan), _ms(one.page_ms), _ms(one.count_ms or 0.0)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _slow(looks: Looks) -> str:
    """What no index serves: page queries that read far more than the page."""
    slow = [(viewer, case) for (viewer, case), one in looks.items() if one.page_ms >= SLOW_MS]
    found = [key for key in slow if key[1].group != "both"]
    found.sort(key=lambda key: -looks[key].page_ms)
    lines = [
        f"### Not served by an index: page queries of {SLOW_MS:.0f} ms and more\n",
        f"{len(slow)} of {len(looks)} cases. {len(slow) - len(found)} are pairs of a filter and a "
        "sort and stand in the matrices below. The others:\n",
        "| viewer | scope | options | page ms | found by |\n|---|---|---|--:|---|",
    ]
    for viewer, case in found:
        one = looks[viewer, case]
        options = f"{case.group} `{case.label}`" if case.completed_list else f"`{case.label}`"
        lines.append(f"| {viewer} | {case.scope} | {options} | {_ms(one.page_ms)} | {one.plan} |")
    return "\n".join(lines) + "\n"


def _matrix(looks: Looks) -> str:
    """Each filter with each sort, page times of the whole account."""
    lines = ["### Each filter with each sort: page ms, all projects (s: sorts)\n"]
    for viewer in VIEWERS:
        lines.append(f"{viewer.capitalize()}:\n")
        lines.append("| filter | " + " | ".join(SORT_WORDS) + " |")
        lines.append("|---|" + "--:|" * len(SORT_WORDS))
        rows: dict[str, list[str]] = {}
        for case in _cases(looks, "both"):
            one = looks[viewer, case]
            mark = " s" if one.plan.sorts else ""
            rows.setdefault(case.args[0][1], []).append(_ms(one.page_ms) + mark)
        lines += [f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows.items()]
        lines.append("")
    return "\n".join(lines)


def _ms(value: float) -> str:
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"
