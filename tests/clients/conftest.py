"""A running server for each engine, shared by all tests of OData clients, and its service."""

from collections.abc import Iterator

import pytest

from tests.clients.service import Service, new_service
from tests.live import Server, fresh_database, serving

SETTINGS = {"TANDEM_CLOCK": "2014-05-12T10:00:00+00:00", "TANDEM_SAMPLE": "0"}


@pytest.fixture(scope="session", params=("sqlite", "postgresql"))
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server without a sample, on either engine."""
    folder = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        with serving(folder, **SETTINGS) as running:
            yield running
        return
    with (
        fresh_database(request.getfixturevalue("postgresql_url")) as url,
        serving(folder, database_url=url, **SETTINGS) as running,
    ):
        yield running


@pytest.fixture
def service(server: Server) -> Service:
    """The OData service, with an empty project of this test's own."""
    return new_service(server)
