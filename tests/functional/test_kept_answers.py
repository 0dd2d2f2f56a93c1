"""What is kept of answers takes no more room than it is counted with, whatever clients send."""

import pytest
from flask import Flask

from app.http.answers import LONGEST_KEY, TAG, Answers
from tests.api import Api

SHORT, LONG = 5_000, LONGEST_KEY + 1


@pytest.mark.parametrize(("length", "kept"), [(SHORT, True), (LONG, False)])
def test_a_request_is_kept_with_its_headers_or_not_at_all(
    api: Api, app: Flask, length: int, kept: bool
) -> None:
    """An answer is known by all headers that it may depend on; a client can fill them."""
    memory = Answers._tags.of(app)
    before = memory._size
    assert api.call("GET", "/me.json", headers={"X-Anything": "x" * length}).status_code == 200
    grown = memory._size - before
    assert (grown > TAG + SHORT) is kept
    assert bool(grown) is kept
