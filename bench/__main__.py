"""`python -m bench`: measure Tandem beside the floor and write bench/RESULTS.md."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from bench import servers, wire
from bench.measure import Result, Run, measure
from bench.report import Section, document, table
from bench.workloads import READS, WRITES, Workload, ask, find_ids, workloads

RESULTS = servers.ROOT / "bench" / "RESULTS.md"
LOCAL = ("127.0.0.1", "localhost")
IDS = 10_000


def main() -> None:
    """Read the options, measure, print and write."""
    options = _options()
    run = Run(options.seconds, options.rounds)
    if options.base_url:
        sections = [_running(options, run)]
    else:
        sections = [_size(size, options.only or READS + WRITES, run) for size in options.sizes]
    command = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    text = document(command.replace(options.key, "KEY"), run, sections)
    if not options.no_write:
        RESULTS.write_text(text)
    print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], metavar="TASKS")
    parser.add_argument("--seconds", type=float, default=1.5, help="of one round; default 1.5")
    parser.add_argument("--rounds", type=int, default=3, help="of each workload; default 3")
    parser.add_argument("--only", nargs="+", choices=READS + WRITES, metavar="WORKLOAD")
    parser.add_argument("--base-url", help="measure a server of this machine that runs already")
    parser.add_argument("--key", default=servers.KEY, help="API key for --base-url")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    return parser.parse_args()


def _size(size: int, names: Sequence[str], run: Run) -> Section:
    """A store of this size, measured and removed."""
    with servers.folder(f"store-{size}") as folder:
        url = f"sqlite:///{folder / 'tandem.db'}"
        _say(f"{size:,} tasks: filling a store")
        seconds = servers.make_store(url, size)
        megabytes = (folder / "tandem.db").stat().st_size / 2**20
        with servers.tandem(url, folder / "tandem.log") as server:
            results = _workloads(server, servers.KEY, names, folder, run)
            memory = server.memory() or 0.0
    note = (
        f"`flask seed` took {seconds:.0f} s, the store has {megabytes:,.0f} MiB. After the run the "
        f"server's processes held {memory:,.0f} MiB (PSS)."
    )
    return Section(f"{size:,} tasks", results, (note,))


def _running(options: argparse.Namespace, run: Run) -> Section:
    """A server that runs already; writes only if they are named."""
    parts = urlsplit(options.base_url)
    if parts.scheme != "http" or parts.hostname not in LOCAL:
        raise SystemExit("--base-url: only http:// addresses of this machine")
    server = servers.Server(("127.0.0.1", parts.port or 80))
    with servers.folder("running") as folder:
        results = _workloads(server, options.key, options.only or READS, folder, run)
    return Section(f"{options.base_url}", results)


def _workloads(
    server: servers.Server, key: str, names: Sequence[str], folder: Path, run: Run
) -> list[Result]:
    every = workloads(key, find_ids(server.address, key, IDS))
    chosen: list[Workload] = [every[name] for name in READS + WRITES if name in names]
    answers = {each.name: ask(server.address, each.requests[0]) for each in chosen}
    wire.save(folder / "answers.json", answers)
    results = []
    with ExitStack() as stack:
        floor = stack.enter_context(servers.wire(folder / "answers.json", folder / "wire.log"))
        contestants = {"wire": floor, "tandem": server}
        for each in chosen:
            size = len(answers[each.name][2])
            results.append(measure(each, contestants, size, run, _say))
            print(table(results[-1:]), file=sys.stderr)
    return results


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
