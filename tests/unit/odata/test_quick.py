"""Bodies that are read quickly mean what they mean read the long way."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.odata.engine import bodies
from app.odata.engine.bodies import Gathered, Reader
from app.odata.engine.edm import EntityType
from app.odata.engine.problems import BadRequest
from app.odata.engine.quick import readers
from app.odata.engine.source import Given
from tests.second_service import model

KINDS = tuple(each.type for each in model.MODEL.entity_sets)
TEXTS = (
    "",
    "plain",
    "a" * 101,
    "nul\x00",
    "\ud800",
    "12345678-1234-1234-1234-123456789ABC",
    "2024-05-12T10:00:00Z",
    "2024-05-12T10:00:60.5+02:00",
    "2024-05-12",
    "10:00:00",
    "PT1H",
    "9223372036854775807",
    "INF",
    "NaN",
    "1.5",
    "AQI",
    "Red",
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.decimals(allow_nan=False, allow_infinity=False, places=5),
    st.sampled_from(TEXTS),
    st.just([]),
    st.just({}),
    st.just({"City": "Ulm"}),
)


def the_long_way(reader: Reader, body: dict[str, Any], kind: EntityType) -> Any:
    """What a body gives, or the error."""
    try:
        return reader._read(body, Gathered(reader._own_type(body, kind)))
    except BadRequest as error:
        return error.message, error.target


def as_it_is_done(reader: Reader, body: dict[str, Any], kind: EntityType) -> Any:
    """The same, with all that is quick."""
    try:
        return reader.entity(body, kind)
    except BadRequest as error:
        return error.message, error.target


def told(found: Any) -> Any:
    """What can be compared: NaN is not itself, 1 and True are not the same."""
    return repr(found)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("creating", [True, False])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_both_ways_agree(kind: EntityType, creating: bool, data: st.DataObject) -> None:
    names = [*model.MODEL.properties(kind), "Nonsense", "x@y.z"]
    body = data.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=4))
    reader = Reader(model.MODEL, lambda url, _: (url,), creating)
    assert told(as_it_is_done(reader, body, kind)) == told(the_long_way(reader, body, kind))


def test_plain_bodies_are_read_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Given:
        raise AssertionError("the long way")

    monkeypatch.setattr(bodies.Reader, "_read", fail)
    reader = Reader(model.MODEL, lambda url, _: (url,), True)
    body = {"ID": 1, "Name": "x", "Stock": 3, "Weight": Decimal("1.5"), "Released": None}
    assert reader.entity(body, model.PRODUCT).values == {**body, "Weight": 1.5}


def test_keys_of_what_exists_and_exact_numbers_are_left_to_the_long_way() -> None:
    assert "ID" in readers(model.MODEL, model.PRODUCT, True)
    assert "ID" not in readers(model.MODEL, model.PRODUCT, False)
    for creating in (True, False):
        names = readers(model.MODEL, model.PRODUCT, creating)
        assert not {"Price", "Modified", "Thumb", "Origin"} & set(names)
