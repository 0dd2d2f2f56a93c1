"""`python -m bench.plot`: draw bench/growth.png from bench/results.json."""

from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from bench.contest import ENGINES, WIRE
from bench.results import Run, load
from bench.servers import ROOT
from bench.workloads import ALL

RESULTS = ROOT / "bench" / "results.json"
PICTURE = ROOT / "bench" / "growth.png"
STYLES: Final = {"sqlite": "-", "postgresql": "--"}
COLUMNS, WIDTH, HEIGHT = 3, 13.0, 2.6
Series = dict[str, list[tuple[int, float]]]


def series(run: Run, workload: str) -> Series:
    """A workload's points by contestant: number of tasks, answers a second."""
    found: Series = {}
    for section in sorted(run.sections, key=lambda each: each.size):
        result = section.result(workload)
        if result is None or not section.size:
            continue
        for name in (WIRE, *ENGINES):
            if name in result.figures:
                found.setdefault(name, []).append((section.size, result.figures[name].rate))
    return found


def draw(run: Run, path: Path) -> None:
    """One small panel for each workload that was measured at several sizes."""
    panels = {name: series(run, name) for name in ALL}
    panels = {
        name: lines
        for name, lines in panels.items()
        if any(len(points) > 1 for points in lines.values())
    }
    if not panels:
        return
    rows = -(-len(panels) // COLUMNS)
    figure = Figure(figsize=(WIDTH, HEIGHT * rows), layout="constrained")
    grid = figure.subplots(rows, COLUMNS, squeeze=False)
    places = list(grid.flat)
    for place, (name, lines) in zip(places, panels.items(), strict=False):
        _panel(place, ALL[name].about, lines)
    for place in places[len(panels) :]:
        place.set_axis_off()
    places[0].legend(fontsize=7)
    figure.suptitle("Answers a second over the number of tasks")
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _panel(axes: Any, title: str, lines: Series) -> None:
    for name, points in lines.items():
        sizes, rates = zip(*points, strict=True)
        style = ":" if name == WIRE else STYLES.get(name, "-")
        color = "grey" if name == WIRE else None
        axes.plot(sizes, rates, style, color=color, marker="o", markersize=3, label=name)
    axes.set_title(title, fontsize=8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.tick_params(labelsize=7, which="both")
    axes.grid(True, which="major", alpha=0.3)


def main() -> None:
    """Read the results, write the picture."""
    draw(load(RESULTS), PICTURE)


if __name__ == "__main__":
    main()
