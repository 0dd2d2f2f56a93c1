"""/metrics: who may read it, what it counts, and that the processes are added up."""

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.test import Client, TestResponse

from app import create_app
from app.config import Settings
from app.http.metrics import Figures, MetricsPage
from app.http.surroundings import Surroundings
from app.odata.blueprint import addressed
from tests.api import Api, basic
from tests.builders import World
from tests.live import serving

TOKEN = "a-token-of-sixteen-characters"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
DIALECTS = {"tasks": "Teamwork", "odata": "InLoox", "health": "Documentation"}


class Reader(Client):
    """Reads its answers to the end, as real clients do: only then they are counted."""

    def open(self, *told: Any, **more: Any) -> TestResponse:
        """A request."""
        return super().open(*told, buffered=True, **more)


@pytest.fixture
def client(app: Flask) -> Client:
    """The application with its figures, counted from here on."""
    figures = Figures(app, DIALECTS, addressed)
    page = MetricsPage(app, figures, TOKEN, "1.2.3")
    return Reader(Surroundings(app.wsgi_app, None, (figures,), {"/metrics": page}))


def counted(text: str, name: str) -> dict[str, float]:
    """The series of a metric by their labels."""
    found = re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", text, re.M)
    return {labels: float(value) for labels, value in found}


def scraped(client: Client) -> str:
    """What Prometheus is given."""
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer é"},
        {"x-api-key": TOKEN},
    ],
)
def test_only_the_token_opens_it(sent: dict[str, str], client: Client) -> None:
    answer = client.get("/metrics", headers=sent)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "tandem_" not in answer.text


def test_it_is_only_read(client: Client) -> None:
    answer = client.post("/metrics", headers=BEARER)
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD"


def test_it_is_off_without_a_token() -> None:
    without = create_app(Settings(database_url="sqlite://")).test_client()
    assert without.get("/metrics", headers=BEARER).status_code == 404
    on = create_app(Settings(database_url="sqlite://", metrics=TOKEN)).test_client()
    assert on.get("/metrics", headers=BEARER).status_code == 200


def test_requests_are_counted_by_route(client: Client, world: World) -> None:
    key = basic(world.key(world.admin))
    task = world.task(world.list(), "Paint")
    for _ in range(4):  # the third and fourth are known answers
        assert client.get(f"/tasks/{task}.json", headers=key).status_code == 200
        assert client.get("/odata/Task?$top=1", headers=key).status_code == 200
    for path in ("/tasks/999999.json", "/nothing/1", "/nothing/2", "/odata/Nothing"):
        assert client.get(path, headers=key).status_code == 404
    client.open("/healthz", method="BREW")
    assert client.get("/healthz").status_code == 200
    text = scraped(client)
    assert counted(text, "tandem_requests_total") == {
        'dialect="Teamwork",method="GET",route="/tasks/<id:task_id>.json",status="200"': 4,
        'dialect="InLoox",method="GET",route="/odata/Task",status="200"': 4,
        'dialect="Teamwork",method="GET",route="/tasks/<id:task_id>.json",status="404"': 1,
        'dialect="-",method="GET",route="-",status="404"': 2,
        'dialect="InLoox",method="GET",route="/odata/*",status="404"': 1,
        'dialect="-",method="OTHER",route="-",status="405"': 1,
        'dialect="Documentation",method="GET",route="/healthz",status="200"': 1,
    }
    seconds = counted(text, "tandem_request_seconds_count")
    assert seconds['dialect="Teamwork",method="GET",route="/tasks/<id:task_id>.json"'] == 5
    assert f"/{task}.json" not in text and "/nothing" not in text


def test_the_moment_is_told(client: Client, world: World) -> None:
    text = scraped(client)
    assert counted(text, "tandem_requests_in_flight") == {"": 1}
    assert counted(text, "tandem_database_up") == {"": 1}
    assert counted(text, "tandem_build_info") == {'version="1.2.3"': 1}
    waiting = counted(text, "tandem_outbox_waiting")
    assert waiting == {'kind="mail"': 0, 'kind="webhook"': 0}


def test_waiting_mail_is_counted(client: Client, world: World, api: Api) -> None:
    mia = world.person("Mia")
    path = f"/tasklists/{world.list(world.project(editor=(mia,)))}/tasks.json"
    item = {"content": "Paint", "responsible-party-id": str(mia), "notify": True}
    assert api.post(path, {"todo-item": item}).status_code == 201
    waiting = counted(scraped(client), "tandem_outbox_waiting")
    assert waiting == {'kind="mail"': len(world.outbox()), 'kind="webhook"': 0}
    assert world.outbox()


def test_a_database_that_is_away_is_told() -> None:
    away = "postgresql://nobody@127.0.0.1:1/none"
    client = create_app(Settings(database_url=away, metrics=TOKEN)).test_client()
    text = client.get("/metrics", headers=BEARER).text
    assert counted(text, "tandem_database_up") == {"": 0}
    assert counted(text, "tandem_outbox_waiting") == {}


def test_processes_are_added_up(tmp_path: Path) -> None:
    with serving(tmp_path, TANDEM_METRICS=TOKEN, WEB_CONCURRENCY="2") as server:
        for _ in range(40):
            assert server.call("GET", "/tasks.json").status_code == 200
        with requests.Session() as session:
            session.trust_env = False
            text = session.get(server.url + "/metrics", headers=BEARER, timeout=30).text
    total = counted(text, "tandem_requests_total")
    assert total['dialect="Teamwork",method="GET",route="/tasks.json",status="200"'] == 40
    assert counted(text, "tandem_requests_in_flight") == {"": 1}
