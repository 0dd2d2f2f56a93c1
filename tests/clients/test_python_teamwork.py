"""PyPI `python-teamwork`, unmodified, against a running Tandem. It insists on https, so that Tandem
is served over TLS here.

It sends bodies without a Content-Type, times as "9:5", and paths that begin with two slashes.
Further methods (update_time_entry, delete_time_entry, update_project_time and
get_project_user_times) are empty in it.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import requests
import trustme
from teamwork import Teamwork

from tests.live import KEY, ROOT, START_SECONDS, STOP_SECONDS, Server

HOSTS = ("127.0.0.1", "localhost")
DAY = date(2014, 5, 12)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of this test, and what it issued to the server, as files."""

    bundle: Path
    certificate: Path
    key: Path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody else trusts, and a certificate for the names of this machine."""
    folder = tmp_path_factory.mktemp("certificates")
    made = Authority(*(folder / f"{name}.pem" for name in ("bundle", "certificate", "key")))
    issuer = trustme.CA()
    issued = issuer.issue_cert(*HOSTS)
    issuer.cert_pem.write_to_path(made.bundle)
    issued.cert_chain_pems[0].write_to_path(made.certificate)
    issued.private_key_pem.write_to_path(made.key)
    return made


@pytest.fixture(scope="module")
def port(
    server: Server, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The port where the server's store is also served over TLS."""
    log = tmp_path_factory.mktemp("tls") / "gunicorn.log"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        with over_tls(server, authority, listener.fileno(), log) as process:
            await_ready(listener.getsockname()[1], authority, process, log)
            yield listener.getsockname()[1]


@contextmanager
def over_tls(
    server: Server, authority: Authority, listener: int, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A second server on the same store, on a socket that listens already."""
    options = ["--bind", f"fd://{listener}", "--workers", "1"]
    options += ["--certfile", str(authority.certificate), "--keyfile", str(authority.key)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, "wsgi:app"],
            cwd=ROOT,
            env=server.setting,
            pass_fds=(listener,),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def await_ready(
    number: int, authority: Authority, process: subprocess.Popen[bytes], log: Path
) -> None:
    """Return when the server answers. Raises AssertionError with its log."""
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        try:
            with requests.Session() as session:
                session.trust_env = False
                address = f"https://127.0.0.1:{number}/readyz"
                if session.get(address, verify=str(authority.bundle), timeout=30).ok:
                    return
        except requests.RequestException:
            sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of who trusts the authority, and reaches this machine without a proxy."""
    monkeypatch.setenv("no_proxy", ",".join(HOSTS))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))


@pytest.fixture
def project(server: Server) -> int:
    """A new project of the administrator."""
    response = server.call("POST", "/projects.json", json={"project": {"name": "Over TLS"}})
    return int(response.json()["id"])


@pytest.fixture
def colleague(server: Server, project: int) -> int:
    """A member of the project who is nobody's administrator."""
    name = f"cora-{project}@example.com"
    person = {"first-name": "Cora", "last-name": "Klein", "email-address": name}
    made = server.call("POST", "/people.json", json={"person": person}).json()["id"]
    body = {"add": {"userIdList": made}}
    response = server.call("PUT", f"/projects/{project}/people.json", json=body)
    assert response.json()["details"]["added"] == [made]
    return int(made)


def save(client: Any, project: int, person: int, day: date, text: str) -> int:
    """Log 95 minutes from 9:05 on; gives the id of the entry."""
    saved = client.save_project_time_entry(
        project, day, timedelta(hours=1, minutes=35), person, text, time(9, 5)
    )
    return int(json.loads(saved)["timeLogId"])


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("host", HOSTS)
def test_it_authenticates_and_lists_projects(
    host: str, server: Server, port: int, project: int
) -> None:
    """The domain may name a port. What the account says its address is, is the one of the call."""
    client = Teamwork(f"{host}:{port}", KEY)
    account = client.authenticate()
    assert account["URL"] == f"https://{host}:{port}/"
    assert client._user.id == account["userId"] == server.get("/me.json")["person"]["id"]
    names = {each["id"]: each["name"] for each in client.get_projects()}
    assert names[str(project)] == "Over TLS"


@pytest.mark.usefixtures("trusted")
def test_it_logs_time_and_reads_it(server: Server, port: int, project: int, colleague: int) -> None:
    """Time is saved for two people on two days, and found by person and by days."""
    client = Teamwork(f"localhost:{port}", KEY)
    me = int(client._user.id)
    first = save(client, project, me, DAY, "Mine: ünïcode")
    second = save(client, project, colleague, DAY + timedelta(1), "Hers")
    entry = client.get_time_entry(first)
    wanted = {"hours": "1", "minutes": "35", "isbillable": "1", "has-start-time": "1"}
    assert {name: entry[name] for name in wanted} == wanted
    assert (entry["date"], entry["description"]) == ("2014-05-12T09:05:00Z", "Mine: ünïcode")
    assert entry["person-id"] == str(me)
    assert entry == server.get(f"/time_entries/{first}.json")["time-entry"]

    def found(**options: Any) -> list[int]:
        return [int(each["id"]) for each in client.get_project_times(project, **options)]

    begin = datetime(DAY.year, DAY.month, DAY.day)  # noqa: DTZ001  # the client takes it as a day
    assert found() == [first, second]
    assert found(user_id=colleague) == [second]
    assert found(start_date=begin, end_date=begin) == [first]
    assert found(start_date=begin + timedelta(1)) == [second]
    assert found(user_id=me, start_date=begin + timedelta(1)) == []


@pytest.mark.usefixtures("trusted")
def test_refusals_reach_it(port: int, project: int) -> None:
    """A person who is not there, and a wrong key, in the client's own manner."""
    client = Teamwork(f"localhost:{port}", KEY)
    with pytest.raises(RuntimeError, match="Not Valid request"):
        save(client, project, 999_999, DAY, "Nobody's")
    assert client.get_project_times(project) == []
    with pytest.raises(AttributeError):
        Teamwork(f"localhost:{port}", "not-a-key")


def test_who_does_not_trust_the_authority_is_not_served(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate is checked: the tests above show trust, not a client that asks for none."""
    monkeypatch.setenv("no_proxy", ",".join(HOSTS))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(requests.exceptions.SSLError):
        Teamwork(f"localhost:{port}", KEY)
