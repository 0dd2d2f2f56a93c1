"""`python -m bench.workers`: Tandem on several server programs and numbers of threads; prints a
table. The choice in gunicorn.conf.py rests on it.
"""

from contextlib import ExitStack
from statistics import median

from bench import servers, stores
from bench.measure import Contestant, Plan, measure
from bench.messages import Caller
from bench.subjects import of_store
from bench.targets import Target
from bench.workloads import ALL

TASKS = 10_000
NAMES = ("page", "one", "create")
PLAN = Plan(seconds=1.0, rounds=3)
GUNICORN = ("gunicorn", "wsgi:app")
GRANIAN = ("granian", "--interface", "wsgi", "--host", "{host}", "--port", "{port}", "--workers")
PROGRAMS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "gunicorn, 2 processes": ((*GUNICORN, "--worker-class", "sync", "--threads", "1"), {}),
    "gunicorn, 2 x 1 thread": (GUNICORN, {"WEB_THREADS": "1"}),
    "gunicorn, 2 x 2 threads": (GUNICORN, {"WEB_THREADS": "2"}),
    "gunicorn, 2 x 4 threads": (GUNICORN, {"WEB_THREADS": "4"}),
    "granian, 2 x 1 thread": ((*GRANIAN, "2", "--blocking-threads", "1", "wsgi:app"), {}),
    "granian, 2 x 2 threads": ((*GRANIAN, "2", "--blocking-threads", "2", "wsgi:app"), {}),
}


def main() -> None:
    """Measure all programs in turn, workload by workload."""
    with servers.folder("workers") as folder, ExitStack() as stack:
        store = stack.enter_context(stores.sqlite(TASKS, folder))
        subjects = of_store(store.url)
        running = {
            name: stack.enter_context(
                servers.tandem_on(store.url, folder / "log", *words, **settings)
            )
            for name, (words, settings) in PROGRAMS.items()
        }
        print("| workload | server | req/s | p50 ms | p99 ms | CPU ms/req |")
        print("|---|---|--:|--:|--:|--:|")
        for workload in (ALL[name] for name in NAMES):
            contestants = []
            for name, server in running.items():
                target = Target(Caller(server.endpoint, servers.KEY), subjects)
                requests = workload.build(target)
                contestants.append(
                    Contestant(name, server, requests, workload.connections, "sqlite")
                )
            for name, found in measure(contestants, PLAN).items():
                p50, p99, cpu = (median(each) for each in (found.p50, found.p99, found.cpu))
                figures = f"{found.rate:,.0f} | {p50:.1f} | {p99:.1f} | {cpu:.2f}"
                print(f"| {workload.about} | {name} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
