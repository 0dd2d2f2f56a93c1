"""The pure parts of the benchmark: ratios, aims, growth, the mix, and the tables made of them."""

from collections import Counter
from pathlib import Path

import pytest

from bench.aims import aim_of, verdict
from bench.client import Tally
from bench.growth import extremes, growth
from bench.load import add_up
from bench.plot import draw, series
from bench.report import document
from bench.results import Figures, Result, Run, Section, load, spread
from bench.workloads import ALL, READS, mixed


def result(workload: str, size: int = 10_000, **rates: list[float]) -> Result:
    """A result with these rates by contestant; `_` stands for a blank, `__` for `, first page`."""
    figures = {
        name.replace("__", ", first page").replace("_", " "): Figures(rates=values)
        for name, values in rates.items()
    }
    return Result(workload, size, figures)


def test_a_ratio_is_taken_within_a_round() -> None:
    found = result("page", wire=[100, 1000, 100], sqlite=[50, 250, 20])
    assert found.ratio("sqlite", "wire") == 0.25
    assert found.ratio("sqlite", "sqlite3 FULL") is None


def test_a_round_without_an_answer_of_the_floor_is_left_out() -> None:
    assert result("page", wire=[0, 100], sqlite=[10, 20]).ratio("sqlite", "wire") == 0.2
    assert result("page", wire=[0], sqlite=[10]).ratio("sqlite", "wire") is None


def test_figures_of_a_round() -> None:
    figures = Figures()
    latencies = [number / 1000 for number in range(1, 101)]
    figures.add(Tally(latencies, errors=2, first_error="status 500", seconds=2.0), 0.5)
    figures.add(Tally([], errors=1, first_error="late", seconds=1.0), 0.1)
    assert figures.rates == [50, 0]
    assert (figures.p50, figures.p99, figures.cpu) == ([51], [100], [5])
    assert (figures.errors, figures.first_error) == (3, "status 500")


def test_processes_are_added_up() -> None:
    parts = [Tally([0.3, 0.1], seconds=1.0), Tally([0.2], 1, "late", seconds=1.5)]
    total = add_up(parts)
    assert total.latencies == [0.1, 0.2, 0.3]
    assert (total.errors, total.first_error, total.seconds) == (1, "late", 1.5)


@pytest.mark.parametrize(
    ("found", "name", "met"),
    [
        (result("page", wire=[100], sqlite=[20]), "sqlite", True),
        (result("page", wire=[100], sqlite=[19.9]), "sqlite", False),
        (result("one", wire=[100], postgresql=[45]), "postgresql", True),
        (result("create", sqlite3_FULL=[100], wire=[1000], sqlite=[70]), "sqlite", True),
        (result("create", sqlite3_FULL=[100], wire=[1], sqlite=[69]), "sqlite", False),
        (result("create", wire=[100], sqlite_NORMAL=[30]), "sqlite NORMAL", True),
        (result("complete", wire=[100], sqlite_NORMAL=[24]), "sqlite NORMAL", False),
        (result("batch", wire=[1], sqlite=[20]), "sqlite", True),
        (result("quickadd", wire=[1], sqlite=[49]), "sqlite", False),
        (result("all-3000", sqlite__=[150], sqlite=[100]), "sqlite", True),
        (result("odata-3000", sqlite__=[111], sqlite=[100]), "sqlite", False),
    ],
)
def test_aims(found: Result, name: str, met: bool) -> None:
    seen = verdict(found, name)
    assert seen is not None
    assert seen.met is met


def test_floors_and_first_pages_have_no_aim() -> None:
    names = ("wire", "sqlite3 FULL", "sqlite, first page")
    assert not [name for name in names for each in ALL if aim_of(each, name)]


def test_growth_is_of_the_same_workload_and_contestant() -> None:
    small = Section("10", 10, [result("page", wire=[100], sqlite=[20])])
    large = Section("90", 90, [result("page", wire=[50], sqlite=[9]), result("one", sqlite=[1])])
    found = {each.name: each for each in growth(small, large)}
    assert found.keys() == {"wire", "sqlite"}
    assert found["sqlite"].own == 0.45
    assert found["sqlite"].to_wire == pytest.approx(0.9)


def test_growth_needs_two_sizes() -> None:
    small, middle, large = (Section(str(size), size) for size in (10, 50, 90))
    assert extremes([large, small, middle]) == (small, large)
    assert extremes([small]) is None
    assert extremes([Section("http://elsewhere", 0), small]) is None


def test_the_mix_keeps_weights_and_order() -> None:
    reads, writes = [b"r%d" % i for i in range(7)], [b"w%d" % i for i in range(5)]
    made = mixed([(0.8, reads), (0.2, writes)], 2000)
    counted = Counter(each[:1] for each in made)
    assert 1500 < counted[b"r"] < 1700
    only = [each for each in made if each in reads][:14]
    first = reads.index(only[0])
    assert only == [reads[(first + i) % 7] for i in range(14)]


def test_the_default_reads_change_nothing() -> None:
    assert not [each.name for each in READS if each.changes or each.writes]
    assert all(each.changes for each in ALL.values() if each.writes or each.relaxed or each.tasks)


def run() -> Run:
    """A run of two sizes with a failure, an error and memory."""
    small = Section("10,000 tasks", 10_000, [result("page", wire=[100], sqlite=[30])])
    large = Section("1,000,000 tasks", 1_000_000, [result("page", wire=[100], sqlite=[10])])
    large.results[0].failures["postgresql"] = "status 500"
    large.memory = {"sqlite": (301.0, 100.0), "postgresql: postgres": (400.0, 0.0)}
    return Run({"date": "today"}, [small, large])


def test_results_are_read_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    run().save(path)
    assert load(path) == run()


def test_the_page_tells_what_falls_short() -> None:
    text = document(run())
    lines = [line for line in text.splitlines() if line.startswith("| page of 250 open")]
    assert "0.300 of wire, met | 0.100 of wire, **not met**" in lines[0]
    assert "| 0.33 | 0.33 | >= 0.8 | **no** |" in lines[-1]
    assert "postgresql: left out, status 500" in text
    assert "| sqlite | 301 | 100 | <= 300 | **no** |" in text
    assert "| postgresql: postgres | 400 | 0 |  |  |" in text


def test_the_plot_has_points_by_size(tmp_path: Path) -> None:
    assert series(run(), "page") == {
        "wire": [(10_000, 100), (1_000_000, 100)],
        "sqlite": [(10_000, 30), (1_000_000, 10)],
    }
    draw(run(), tmp_path / "growth.png")
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("values", "wanted"), [([4, 5, 6], 0.4), ([], 0), ([0, 0], 0)])
def test_spread(values: list[float], wanted: float) -> None:
    assert spread(values) == wanted
