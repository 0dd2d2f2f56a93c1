"""Who may import whom (docs/architecture.md): six rules, kept by reading the imports."""

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"

MAY: dict[str, set[str]] = {
    "models": {"extensions"},
    "access": {"models"},
    "replicas": {"extensions"},
    "queries": {"access", "models", "extensions", "replicas"},
    "services": {"queries", "access", "models", "extensions", "replicas"},
    "http": {"queries", "access", "replicas"},
    "teamwork": {"http", "queries", "services", "access", "storage"},
    "odata": {"http", "queries", "services", "access", "storage"},
    "docs": {"http", "queries", "services", "access"},
    "feeds": {"http", "queries", "services", "storage", "access"},
    "delivery": {"queries", "services", "access", "models"},
    "backup": {"seeding", "services", "queries", "models", "extensions", "storage"},
    "seeding": {"services", "queries", "access", "models", "extensions"},
    "server": {"http"},
    "storage": set(),
    "extensions": set(),
    "errors": set(),
    "clock": set(),
    "config": set(),
}
EVERYWHERE = {"errors", "clock", "config"}
DIALECTS = ("teamwork", "odata", "docs", "feeds")
FLASK_ALLOWED = ("app/http/", "app/__init__.py", "app/cli/", "app/extensions.py", "app/docs/")
FLASK_IN_DIALECTS = ("blueprints/", "envelope.py", "views.py", "blueprint.py")


def modules() -> list[Path]:
    """All modules of the application."""
    return sorted(APP.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text())


def of_each(paths: Sequence[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make one test of what is to hold of each module: it names those of which it does not."""

    def made(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            failed = {}
            for path in paths:
                try:
                    check(path)
                except AssertionError as error:
                    failed[path.relative_to(ROOT).as_posix()] = str(error)
            assert paths and not failed

        test.__doc__ = check.__doc__
        return test

    return made


def imports(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """The full names that a module imports, with the statement."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                yield f"{node.module}.{name.name}", node


def package(path: Path) -> str:
    """The part of the house that a module belongs to: `teamwork`, `errors`, …"""
    inside = path.relative_to(APP)
    return inside.parts[0].removesuffix(".py")


def ours(path: Path) -> set[str]:
    """The parts of the house that a module imports from."""
    found = set()
    for name, _ in imports(path):
        parts = name.split(".")
        if parts[0] == "app" and len(parts) > 1:
            found.add(parts[1])
    return found - {package(path)}


@of_each(modules())
def test_a_module_imports_only_what_its_package_may(path: Path) -> None:
    part = package(path)
    if part in ("__init__", "cli"):
        return
    allowed = MAY[part] | EVERYWHERE
    assert ours(path) <= allowed, f"{part} may import {sorted(allowed)} only"


@of_each(modules())
def test_no_import_inside_a_function(path: Path) -> None:
    tree = parsed(path)
    inner = [
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inner, "if one seems needed, the layering is wrong"


@of_each([path for path in modules() if package(path) in DIALECTS])
def test_dialects_reach_the_store_through_queries_and_services(path: Path) -> None:
    names = {name for name, _ in imports(path)}
    forbidden = [name for name in names if name.startswith(("app.models", "app.extensions"))]
    forbidden += [name for name in names if name.startswith(("sqlalchemy.orm", "flask_sqlalchemy"))]
    forbidden += [
        name for name in names if name.startswith("app.access.") and name != "app.access.Viewer"
    ]
    assert not forbidden


@of_each(modules())
def test_flask_stays_at_the_border(path: Path) -> None:
    where = path.relative_to(ROOT).as_posix()
    allowed = where.startswith(FLASK_ALLOWED) or (
        package(path) in DIALECTS and any(part in where for part in FLASK_IN_DIALECTS)
    )
    names = {name.split(".")[0] for name, _ in imports(path)}
    assert allowed or "flask" not in names


def test_only_execute_commits() -> None:
    calls: dict[str, set[str]] = {"commit": set(), "begin": set()}
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and node.attr in calls:
                calls[node.attr].add(path.relative_to(APP).as_posix())
    assert calls["commit"] <= {"services/execute.py"}
    assert calls["begin"] <= {"services/execute.py", "queries/connection.py"}


def test_nothing_but_the_clock_reads_the_time() -> None:
    readers = {
        path.relative_to(APP).as_posix()
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("utcnow", "today", "now")
        # `clock.now()` and `clock.today()` are the way; `datetime` and `date` are not.
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date", "time")
    }
    assert readers <= {"clock.py"}


ENGINE = APP / "odata" / "engine"


@of_each(sorted(ENGINE.rglob("*.py")))
def test_the_odata_engine_knows_nothing_of_ours(path: Path) -> None:
    """It can be mounted over other tables: tests/second_service does so."""
    names = [name for name, _ in imports(path)]
    mine = ("app.odata.engine.", "app.errors.")
    foreign = [name for name in names if name.startswith("app.") and not name.startswith(mine)]
    assert not foreign
    assert not [name for name in names if name.split(".")[0] in ("flask", "werkzeug")]


def test_the_second_service_needs_nothing_but_the_engine() -> None:
    service = ROOT / "tests" / "second_service"
    names = {name for path in service.glob("*.py") for name, _ in imports(path)}
    mine = ("app.odata.engine.", "app.errors.")
    assert not [name for name in names if name.startswith("app.") and not name.startswith(mine)]
