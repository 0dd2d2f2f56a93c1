"""`python -m tests.torture [PROMISE …]`: torture, print the figures, and with --write keep them in
docs/reliability.json. The exit status tells whether all promises were kept.
"""

import argparse
import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.torture import (
    backups,
    concurrency,
    crashes,
    fuzz_odata,
    fuzz_openapi,
    fuzz_replay,
    markup,
    networks,
    retries,
    soak,
    timing,
)
from tests.torture.report import Report, say, shown
from tests.torture.stores import ENGINES

NO_STORE = "none"
FIGURES = Path(__file__).resolve().parents[2] / "docs" / "reliability.json"


@dataclass(frozen=True, slots=True)
class Promise:
    """How one is tortured: `run` takes the engine, the number of `unit`, and the settings of the
    long or the short form. `engines` are those it knows.
    """

    run: Callable[..., Report]
    unit: str
    long: int
    short: int
    long_more: Mapping[str, Any]
    short_more: Mapping[str, Any]
    engines: tuple[str, ...] = ENGINES


def _markup(_engine: str, texts: int) -> Report:
    return markup.tortured(mutations=texts, progress=lambda words: say(words, end="\r"))


PROMISES: dict[str, Promise] = {
    "crashes": Promise(crashes.run, "rounds", 200, 4, {}, {}),
    "concurrency": Promise(concurrency.run, "edits", 500, 5, {}, {"versions": 2}),
    "retries": Promise(retries.run, "rounds", 200, 3, {"kills": 20}, {"kills": 1}),
    "networks": Promise(networks.run, "connections", 500, 4, {"seconds": 30.0}, {"seconds": 2.0}),
    "backups": Promise(
        backups.run, "tasks", 100_000, 200, {}, {"apart": False}, engines=("sqlite",)
    ),
    "markup": Promise(_markup, "texts", 20_000, 200, {}, {}, engines=(NO_STORE,)),
    "fuzz_openapi": Promise(fuzz_openapi.run, "cases", 50_000, 100, {}, {}),
    "fuzz_odata": Promise(fuzz_odata.run, "cases", 50_000, 250, {}, {}),
    "fuzz_replay": Promise(fuzz_replay.run, "cases", 50_000, 250, {}, {}),
    "timing": Promise(timing.run, "pairs", 2_000, 100, {}, {}),
    "soak": Promise(soak.run, "seconds", 1800, 4, {}, {}),
}


def main() -> int:
    """Read the options, torture, print."""
    options = _options()
    reports: list[Report] = []
    for name in options.promises or PROMISES:
        for engine in PROMISES[name].engines:
            if engine not in (*options.engines, NO_STORE):
                continue
            reports.append(_run(name, engine, options))
            say("")
            sys.stdout.write(reports[-1].line() + "\n")
            sys.stdout.flush()
            if options.write:  # hours may follow
                _write(reports)
    say(shown(reports))
    return int(not all(report.kept for report in reports))


def _run(name: str, engine: str, options: argparse.Namespace) -> Report:
    """One promise on one engine. What stops it breaks it, and the others go on."""
    promise = PROMISES[name]
    number = options.number or (promise.short if options.short else promise.long)
    more = promise.short_more if options.short else promise.long_more
    try:
        return promise.run(engine, number, **more)
    except Exception as error:
        return Report(name, engine, {promise.unit: number}, [f"stopped: {error!r}"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("promises", nargs="*", metavar="PROMISE", help=", ".join(PROMISES))
    units = sorted({promise.unit for promise in PROMISES.values()})
    for unit in units:
        parser.add_argument(f"--{unit}", dest="number", type=int, metavar="N")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--short", action="store_true", help="the form that `make test` runs")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {FIGURES.name}")
    options = parser.parse_args()
    if unknown := set(options.promises) - set(PROMISES):
        parser.error(f"no such promise: {', '.join(sorted(unknown))}")
    return options


def _write(reports: list[Report]) -> None:
    """Replace what is known of these promises, and leave the others."""
    kept = json.loads(FIGURES.read_text())["reports"] if FIGURES.exists() else []
    mine = {(report.promise, report.engine) for report in reports}
    others = [each for each in kept if (each["promise"], each["engine"]) not in mine]
    command = shlex.join(["python", "-m", "tests.torture", *sys.argv[1:]])
    about = {"command": command, "date": datetime.now(UTC).date().isoformat(), **_machine()}
    found = [asdict(report) | about for report in reports]
    FIGURES.write_text(json.dumps({"reports": others + found}, indent=1, ensure_ascii=False) + "\n")


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    sys.exit(main())
