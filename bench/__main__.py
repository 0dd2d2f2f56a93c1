"""`python -m bench`: measure Tandem beside the floors; writes RESULTS.md, results.json and
growth.png.
"""

import argparse
import shlex
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

from bench import plot, servers
from bench.client import Endpoint
from bench.contest import ENGINES, running, section
from bench.measure import Plan
from bench.report import document, facts
from bench.results import Run, Section
from bench.workloads import ALL, DEFAULT, READS, Workload

RESULTS = servers.ROOT / "bench" / "RESULTS.md"
SIZES = (10_000, 1_000_000)


def main() -> None:
    """Read the options, measure, print and write."""
    options = _options()
    plan = Plan(options.seconds, options.rounds)
    command = shlex.join(["python", "-m", "bench", *sys.argv[1:]]).replace(options.key, "KEY")
    run = Run(facts(command, plan.rounds, plan.seconds))
    run.sections += _sections(options, plan)
    text = document(run)
    if not options.no_write:
        RESULTS.write_text(text)
        run.save(plot.RESULTS)
        plot.draw(run, plot.PICTURE)
    print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="TASKS")
    parser.add_argument("--seconds", type=float, default=1.0, help="of one round; default 1")
    parser.add_argument("--rounds", type=int, default=3, help="of each workload; default 3")
    parser.add_argument("--only", nargs="+", choices=list(ALL), metavar="WORKLOAD")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--base-url", help="measure a server that runs already; reads only")
    parser.add_argument("--write", action="store_true", help="with --base-url: also change data")
    parser.add_argument("--key", default=servers.KEY, help="API key for --base-url")
    parser.add_argument("--no-write", action="store_true", help="leave the results as they are")
    return parser.parse_args()


def _sections(options: argparse.Namespace, plan: Plan) -> Sequence[Section]:
    if options.base_url:
        chosen = _chosen(options, DEFAULT if options.write else READS)
        return [running(_endpoint(options.base_url), options.key, chosen, plan, _say)]
    chosen = _chosen(options, DEFAULT)
    return [section(size, options.engines, chosen, plan, _say) for size in options.sizes]


def _chosen(options: argparse.Namespace, default: Sequence[Workload]) -> Sequence[Workload]:
    """The workloads that are named, in the order in which they are measured. A server that others
    use is changed only by --write.
    """
    if not options.only:
        return default
    chosen = [each for name, each in ALL.items() if name in options.only]
    writing = [each.name for each in chosen if each.changes]
    if options.base_url and writing and not options.write:
        raise SystemExit(f"{', '.join(writing)}: these change data; say --write to allow it")
    return chosen


def _endpoint(url: str) -> Endpoint:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SystemExit("--base-url: an http:// or https:// address")
    tls = parts.scheme == "https"
    return Endpoint(parts.hostname, parts.port or (443 if tls else 80), tls, parts.path.rstrip("/"))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
