"""Three nodes behind a balancer on a primary with two standbys, under load, while a standby, a node
and the primary are killed. Run by `make cluster-test`; prints its figures.

No acknowledged write may be lost, a client always reads what it wrote, and errors are there only
while no primary is. Two workers send mail beside the nodes, one of which is killed, too: of every
acknowledged change its follower is told.
"""

import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask_migrate import upgrade

from app import create_app, replicas
from app.config import read
from app.extensions import db
from tests.builders import World
from tests.cluster.balancers import BALANCERS, balancing
from tests.cluster.clients import Client
from tests.cluster.deliverers import Deliverer, delivering, mail_server, told
from tests.cluster.figures import Diary, Span, outside, summary, table
from tests.cluster.nodes import Node, environment, running
from tests.cluster.postgres import DATABASE, Postgres, replicated, until

CLIENTS = 8
PEOPLE = 4  # two clients each: what one writes, the other's reads have to wait for as well
PAUSE = 0.01
QUIET_SECONDS = 6.0


def primary_url(servers: Sequence[Postgres]) -> str:
    """All servers: libpq takes the one that can be written to."""
    hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in servers)
    options = "target_session_attrs=read-write&connect_timeout=2"
    return f"postgresql://postgres@/{DATABASE}?{hosts}&{options}"


def furnish(setting: dict[str, str]) -> tuple[list[str], list[int], int]:
    """Make the schema, people with their keys, a list for each client, a follower of all tasks."""
    application = create_app(read(setting))
    with application.app_context():
        upgrade()
        world = World()
        people = [world.key(world.person(is_admin=True)) for _ in range(PEOPLE)]
        follower = world.person()
        project = world.project(viewer=(follower,))
        places = [world.list(project) for _ in range(CLIENTS)]
        for engine in (db.engine, *replicas.engines()):
            engine.dispose()
    return people, places, follower


@contextmanager
def load(
    url: str, people: Sequence[str], places: Sequence[int], follower: int
) -> Iterator[list[Client]]:
    """The clients at work, each on a list of its own."""
    clients = [
        Client(url, people[number % len(people)], place, number, PAUSE, follower)
        for number, place in enumerate(places)
    ]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        for client in clients:
            client.finish.set()
        for client in clients:
            client.join(120)


def lose_a_standby(diary: Diary, standby: Postgres, primary: Postgres) -> None:
    """Kill a standby; bring it back later."""
    diary.note("a standby is killed")
    standby.kill()
    time.sleep(QUIET_SECONDS)
    diary.note("the standby comes back")
    standby.start()
    until(lambda: primary.standbys() == 2, "the standby streams again")
    time.sleep(QUIET_SECONDS / 2)


def lose_a_node(diary: Diary, node: Node, worker: Deliverer) -> Span:
    """Kill a node, and a worker, and bring them back later; from when to when the node died."""
    begun = diary.note("a node is killed")
    node.kill()
    worker.end(signal.SIGKILL)
    ended = time.monotonic()
    time.sleep(QUIET_SECONDS)
    diary.note("the node comes back")
    node.start()
    worker.start()
    time.sleep(QUIET_SECONDS / 2)
    return begun, ended


def lose_the_primary(
    diary: Diary, primary: Postgres, standbys: Sequence[Postgres]
) -> tuple[Span, Postgres]:
    """Kill the primary, make the standby that has the most the next one; from when to when no
    write could be served, and the next one.
    """
    begun = diary.note("the primary is killed")
    primary.kill()
    heir, other = sorted(standbys, key=Postgres.received, reverse=True)
    heir.promote()
    other.follow(heir)
    until(lambda: heir.standbys() == 1, "the other standby follows")
    ended = diary.note("a standby is primary")
    time.sleep(QUIET_SECONDS)
    return (begun, ended), heir


@pytest.mark.parametrize("program", BALANCERS)
def test_no_acknowledged_write_is_lost(program: str, tmp_path: Path) -> None:
    balancer = BALANCERS[program]
    if balancer.path() is None:
        pytest.skip(f"{program} is not installed: three nodes behind {program} were not tried")
    diary = Diary()
    with replicated(2) as servers, mail_server() as (mailbox, smtp_url):
        primary, *standbys = servers
        setting = environment(
            tmp_path,
            DATABASE_URL=primary_url(servers),
            DATABASE_READ_URL=",".join(server.url for server in servers),
            TANDEM_SMTP_URL=smtp_url,
            TANDEM_LEASE="5",
        )
        people, places, follower = furnish(setting)
        with (
            running(tmp_path, 3, setting) as nodes,
            delivering(tmp_path, 2, setting) as workers,
            balancing(balancer, tmp_path, nodes) as url,
        ):
            with load(url, people, places, follower) as clients:
                diary.note("all is well")
                before = [standby.reads() for standby in standbys]
                time.sleep(QUIET_SECONDS)
                at_standbys = sum(each.reads() for each in standbys) - sum(before)
                lose_a_standby(diary, standbys[1], primary)
                killing = lose_a_node(diary, nodes[2], workers[1])
                promoting, heir = lose_the_primary(diary, primary, standbys)
            diary.note("every task is compared")
            for client in clients:
                client.check_all()
            diary.note("the mail is counted")
            outbox = told(heir, mailbox, clients)
            assert all(worker.alive for worker in workers), "a worker has ended by itself"

    answers = [answer for client in clients for answer in client.answers]
    sys.stdout.write(f"\n{program}: three nodes, {CLIENTS} clients of {PEOPLE} people\n")
    sys.stdout.writelines(table(diary, answers))
    sys.stdout.writelines(summary(clients, at_standbys, killing, promoting))
    sys.stdout.write(f"outbox: {outbox.messages} messages, {outbox.letters} letters came\n")
    assert not [line for client in clients for line in client.broken]
    assert not outbox.wrong
    assert outbox.messages > CLIENTS
    assert not outside(answers, killing, promoting)
    assert all(client.acknowledged for client in clients)
    begun, ended = diary.moments["all is well"], diary.moments["a standby is killed"]
    reads = [each for each in answers if each.method == "GET" and begun <= each.begun < ended]
    assert at_standbys > len(reads) / 10
