"""The fixtures of the matrix: a scene that is set once for each engine, and what keeps it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.clock import clock
from app.config import Settings
from tests.conftest import ENGINES, NOW, empty_store
from tests.functional.teamwork.matrix.scene import Scene, set_scene
from tests.functional.teamwork.matrix.store import Guard


@pytest.fixture(scope="module", params=ENGINES)
def scene(
    request: pytest.FixtureRequest,
    apps: dict[str, Flask],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """The scene: every test leaves it as it was. Not together with `app`, which empties stores."""
    engine = str(request.param)
    if engine not in apps:
        folder = tmp_path_factory.mktemp("matrix")
        apps[engine] = _application(folder, _address(request, engine, folder))
    clock.fix(datetime.fromisoformat(NOW))
    with apps[engine].app_context():
        empty_store(engine)
        yield set_scene(apps[engine])


def _address(request: pytest.FixtureRequest, engine: str, folder: Path) -> str:
    if engine == "sqlite":
        return f"sqlite:///{folder / 'tandem.db'}"
    return str(request.getfixturevalue("postgresql_url"))


def _application(folder: Path, url: str) -> Flask:
    """As the fixture `app` makes it: both share it."""
    made = create_app(
        # Wrong keys are not counted, as in tests/conftest.py: the clock stands still.
        Settings(
            database_url=url, clock=NOW, files=str(folder), synchronous="NORMAL", key_tries="0"
        )
    )
    with made.app_context():
        upgrade()
    return made


@pytest.fixture(scope="module")
def guard(scene: Scene) -> Iterator[Guard]:
    """The tables as the scene has them."""
    made = Guard()
    yield made
    made.close()
