"""The OData interface with the administrator's key, and the ids that it names things by."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.builders import World
from tests.functional.odata.office import Office, furnish, uid_of
from tests.odata import OData


@pytest.fixture
def odata(app: Flask, world: World) -> OData:
    """A client with the administrator's key."""
    return OData(app, world.key(world.admin))


@pytest.fixture
def uid(world: World) -> Callable[[str, int], str]:
    """The GUID of a row, by kind and id."""

    return uid_of


@pytest.fixture
def office(app: Flask, world: World) -> Office:
    """A project with people of every role."""
    return furnish(app, world)
