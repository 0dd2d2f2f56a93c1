"""The table, and bench/RESULTS.md around it."""

import platform
import sqlite3
import time
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

import psutil

from bench.measure import CONCURRENCY, Figures, Result, Run, spread
from bench.workloads import ABOUT

HEAD = (
    "| workload | server | req/s | p50 ms | p99 ms | CPU ms/req | CPU ms alone | x wire "
    "| body bytes | spread | errors |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)
INTRO = """# Results

Written by `make bench`. Medians over the rounds. `wire` is a bare WSGI callable under gunicorn (two
sync workers) that answers Tandem's very bytes from memory; both are asked in turn in every round,
and `x wire` is the median over the rounds of Tandem's rate over that of `wire`. Only 2xx answers
count. `CPU` is user and system time of the server's processes per answer at {connections}
connections, `alone` at one. `spread` is (max - min) / median of the rates. The load comes from two
processes on the same machine, so figures of two runs compare only by their ratios.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """The results at one size of store."""

    title: str
    results: list[Result]
    notes: tuple[str, ...] = ()


def table(results: list[Result]) -> str:
    """Results as a Markdown table."""
    lines = [HEAD]
    for result in results:
        for name, figures in result.figures.items():
            ratio = 1.0 if name == "wire" else result.ratio
            lines.append(_line(result, name, figures, ratio))
    return "\n".join(lines)


def _line(result: Result, name: str, figures: Figures, ratio: float) -> str:
    cells = (
        ABOUT[result.workload],
        name,
        f"{median(figures.rates):,.1f}",
        _middle(figures.p50, 1),
        _middle(figures.p99, 1),
        _middle(figures.cpu, 2),
        "-" if figures.cpu_alone is None else f"{figures.cpu_alone:.2f}",
        f"{ratio:.3f}",
        f"{result.body_bytes:,}",
        f"{spread(figures.rates):.0%}",
        f"{figures.errors} {figures.first_error}".strip(),
    )
    return "| " + " | ".join(cells) + " |"


def _middle(values: list[float], digits: int) -> str:
    return f"{median(values):,.{digits}f}" if values else "-"


def document(command: str, run: Run, sections: list[Section]) -> str:
    """The whole of RESULTS.md."""
    parts = [INTRO.format(connections=CONCURRENCY), _machine(command, run)]
    for section in sections:
        notes = "".join(f"{note}\n" for note in section.notes)
        parts.append(
            f"## {section.title}\n\n{notes}\n{table(section.results)}\n".replace("\n\n\n", "\n\n")
        )
    return "\n".join(parts)


def _machine(command: str, run: Run) -> str:
    memory = psutil.virtual_memory().total / 2**30
    facts = (
        ("command", f"`{command}`"),
        ("date", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())),
        ("rounds", f"{run.rounds} x {run.seconds:g} s"),
        ("machine", f"{psutil.cpu_count()} cores, {memory:.0f} GiB, {_processor()}"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        *((name, version(name)) for name in ("gunicorn", "Flask", "SQLAlchemy", "orjson")),
    )
    return "".join(f"- {name}: {fact}\n" for name, fact in facts)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            names = [
                line.partition(":")[2].strip() for line in lines if line.startswith("model name")
            ]
    except OSError:
        names = []
    return names[0] if names else platform.machine()
