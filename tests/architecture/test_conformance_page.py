"""docs/odata-conformance.md: a row for every demand, and every test that it names exists."""

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from app.config import Settings
from app.odata.engine.edm import Model, Structured
from app.odata.service import make_service
from tests.second_service.model import MODEL

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "odata-conformance.md").read_text()
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
ROW = re.compile(r"^\| ([0-9.]+) \| (MUST|SHOULD) \| (.+?) \| (.+) \|$", re.M)


def numbers(text: str) -> list[str]:
    """Numbers and ranges: "1-3 5 5.1" is 1, 2, 3, 5, 5.1."""
    found: list[str] = []
    for each in text.split():
        first, _, last = each.partition("-")
        found += [str(n) for n in range(int(first), int(last) + 1)] if last else [first]
    return found


# The MUSTs and SHOULDs of the protocol's chapter 12; what is missing is a MAY.
LEVELS = {
    "4.0 Minimal": numbers("1-4 5.1 5.2 6-16 18-32"),
    "4.0 Intermediate": numbers("1-7 7.1 7.2 7.3 7.4 7.5 8-17"),
    "4.0 Advanced": numbers("1-9 9.1 9.2 9.3 9.4 9.5 9.6 9.7 9.8 10-15"),
    "4.01 Minimal": numbers("1-9 9.1 9.2 9.3 9.4 9.5 9.6 9.7 9.8 9.9 9.10 9.11 10-13 18-22"),
    "4.01 Intermediate": numbers("1-9"),
    "4.01 Advanced": numbers("1-5 5.1 5.2 5.3 5.4 5.5 6-9"),
}
REASONS = ("above", "not applicable", "not done")


@cache
def names_in(path: Path) -> frozenset[str]:
    """The functions of a module."""
    tree = ast.parse(path.read_text())
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


@pytest.mark.parametrize(("path", "name"), sorted(set(TEST.findall(PAGE))))
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in names_in(ROOT / "tests" / path)


@pytest.mark.parametrize("level", LEVELS)
def test_every_demand_of_a_level_has_a_row(level: str) -> None:
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
    assert [row[0] for row in ROW.findall(sections[level])] == LEVELS[level]


@pytest.mark.parametrize("row", ROW.findall(PAGE), ids=lambda row: f"{row[0]} {row[2]}")
def test_every_row_has_a_test_or_a_reason(row: tuple[str, str, str, str]) -> None:
    _, kind, _, shown = row
    assert TEST.search(shown) or shown.startswith(REASONS)
    assert kind == "SHOULD" or not shown.startswith("not done")


def models() -> Iterable[Model]:
    """The models of both services."""
    return (MODEL, make_service(Settings()).model)


def structured(model: Model) -> Iterable[Structured]:
    """The types with properties."""
    return (*model.entity_types, *model.complex_types)


@pytest.mark.parametrize("model", models(), ids=["shop", "tasks"])
def test_no_identifiers_differ_in_case_only(model: Model) -> None:
    kinds = (*structured(model), *model.enum_types)
    listed = (*model.entity_sets, *model.singletons, *model.imports)
    scopes = [
        [each.qualified for each in kinds],
        [getattr(each, "name", "") for each in listed],
        list({each.qualified for each in model.operations}),
        *([*model.properties(each), *model.navigations(each)] for each in structured(model)),
    ]
    for scope in scopes:
        assert len({each.lower() for each in scope}) == len(scope)


@pytest.mark.parametrize("model", models(), ids=["shop", "tasks"])
def test_no_structural_property_is_a_collection(model: Model) -> None:
    for kind in structured(model):
        assert not [each.name for each in model.properties(kind).values() if each.collection]
