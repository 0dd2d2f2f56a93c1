"""/ and /docs in a real browser, against a real gunicorn: they show what they should, and ask
nobody else for anything.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest

from tests.browser import chromium

ROOT = Path(__file__).resolve().parents[2]
KEY = "tandem-browser-test-key-0001"
PROGRAM = chromium.find()

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no browser found: install Debian's chromium to run these tests"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the sample data, started as `make serve` does."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "FLASK_APP": "wsgi.py",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "DATABASE_URL": f"sqlite:///{folder / 'tandem.db'}",
        "TANDEM_FILES": str(folder / "files"),
        "TANDEM_ADMIN_KEY": KEY,
    }
    for command in (["flask", "db", "upgrade"], ["flask", "start"]):
        subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env=env, check=True, capture_output=True
        )
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app"],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process, folder / "log")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


STEP = 200  # pixels to scroll at a time


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except URLError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start: {log.read_text()}")


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[chromium.Chromium]:
    """A browser that knows nothing yet."""
    assert PROGRAM is not None
    with chromium.Chromium(PROGRAM, tmp_path / "profile") as made:
        yield made


def assert_stayed_home(browser: chromium.Chromium, server: str) -> None:
    """Every request of the page went to the server, and all went well."""
    host = urlsplit(server).netloc
    asked = [urlsplit(url) for url in browser.requests if not url.startswith(("data:", "about:"))]
    assert asked
    assert [url.geturl() for url in asked if url.scheme != "http" or url.netloc != host] == []
    assert browser.complaints == []


def test_landing_page(browser: chromium.Chromium, server: str, tmp_path: Path) -> None:
    browser.open(f"{server}/")
    assert browser.run("document.title") == "Tandem: a task server"
    assert browser.run("document.querySelector('h1').innerText") == "Tandem"
    links = browser.run("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    assert {"/docs", "/openapi.json"} <= set(links)
    assert f"curl -u YOUR_KEY:x {server}/tasks.json" in browser.run("document.body.innerText")
    styled = "getComputedStyle(document.querySelector('.cards')).display"
    assert browser.run(styled) == "grid", "the style sheet was not applied"
    assert browser.run("document.querySelector('h1 img').naturalWidth") > 0
    assert_stayed_home(browser, server)
    browser.screenshot(tmp_path / "home.png")


def scrolled_past(browser: chromium.Chromium, expected: set[str]) -> set[str]:
    """The operations that come to be seen: the page makes those only that are near the window."""
    seen: set[str] = set()
    end = time.monotonic() + chromium.PATIENCE
    place = 0
    while not expected <= seen and time.monotonic() < end:
        shown = browser.run(
            f"window.scrollTo(0, {place}), [...document.querySelectorAll('.opblock')].map(block => "
            "block.querySelector('.opblock-summary-method').innerText + ' ' + "
            "block.querySelector('.opblock-summary-path').dataset.path)"
        )
        seen |= set(shown)
        height = browser.run("document.documentElement.scrollHeight")
        place = place + STEP if place < height else 0
    return seen


def test_api_page_shows_every_operation(
    browser: chromium.Chromium, server: str, tmp_path: Path
) -> None:
    browser.open(f"{server}/docs")
    browser.wait_for("document.querySelectorAll('.opblock').length > 0")
    listed = browser.run(
        "Object.entries(ui.specSelectors.specJson().toJS().paths).flatMap(([path, methods]) => "
        "Object.keys(methods).map(method => method.toUpperCase() + ' ' + path))"
    )
    assert "GET /tasks.json" in listed
    assert scrolled_past(browser, set(listed)) == set(listed)
    assert browser.run("document.querySelectorAll('.errors-wrapper').length") == 0
    assert_stayed_home(browser, server)
    browser.screenshot(tmp_path / "docs.png")


def test_api_page_calls_the_server(browser: chromium.Chromium, server: str, tmp_path: Path) -> None:
    browser.open(f"{server}/docs")
    block = "document.querySelector('#operations-tasks-tasks_list_all')"
    browser.wait_for(f"!!{block}")
    browser.run(f"ui.preauthorizeApiKey('header', '{KEY}'); 0")
    browser.run(f"{block}.querySelector('.opblock-summary-control').click()")
    browser.wait_for(f"!!{block}.querySelector('button.execute')")
    browser.run(f"{block}.querySelector('button.execute').click()")
    answer = f"{block}.querySelector('.live-responses-table tbody .response-col_status')"
    browser.wait_for(f"!!{answer}")
    browser.screenshot(tmp_path / "answer.png")
    assert browser.run(f"{answer}.innerText").startswith("200")
    called = [url for url in browser.requests if urlsplit(url).path == "/tasks.json"]
    assert len(called) == 1
    assert_stayed_home(browser, server)
