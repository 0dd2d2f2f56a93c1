"""The two shapes of payloads (decision 10), set for one test."""

from dataclasses import replace

import pytest

from tests.api import Api


def in_shape(api: Api, shape: str, patch: pytest.MonkeyPatch) -> None:
    """Let the server of a test answer in a shape: documented or live."""
    patch.setitem(api.app.config, "TANDEM", replace(api.app.config["TANDEM"], shape=shape))
