"""Generated filters find in SQL what the independent evaluator finds, on both engines."""

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.odata.engine.problems import Problem
from tests.engine import generated
from tests.engine.asking import NOW, PRODUCTS, filtered, parsed
from tests.engine.evaluator import Evaluator
from tests.second_service import data
from tests.second_service.fixtures import Shop

CALLERS = (data.ANNA, data.BEN)
TEST = settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@contextmanager
def refused() -> Iterator[None]:
    """What the grammar refuses is no example: hypothesis looks for another."""
    try:
        yield
    except Problem:
        assume(False)


@TEST
@given(text=generated.filters(), caller=st.sampled_from(CALLERS))
def test_a_filter_finds_what_the_evaluator_finds(shop: Shop, text: str, caller: str) -> None:
    with refused():
        node = parsed(shop.service, text, PRODUCTS, caller)
        statement = filtered(shop.service, node, PRODUCTS, caller)
    found = sorted(tuple(row) for row in shop.all(statement, caller))
    assert found == Evaluator(caller, NOW).keys(PRODUCTS, node), text
