"""The Dockerfile, compose.yaml and the systemd units name settings, files and commands that are
there, and keep their hardening.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import COMMANDS
from app.config import Settings

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
SETTINGS = {spec.metadata["name"] for spec in Settings.__dataclass_fields__.values()}
OTHERS = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "FLASK_APP"}
FLASK_COMMANDS = {command.name for command in COMMANDS} | {"db"}
HARDENED = (
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "ProtectHome=yes",
    "SystemCallFilter=@system-service",
    "UMask=0077",
    "User=tandem",
)


def test_there_are_two_units() -> None:
    assert [path.name for path in UNITS] == ["tandem-deliver.service", "tandem.service"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_names_settings_that_exist_and_is_hardened(path: Path) -> None:
    text = path.read_text()
    lines = re.findall(r"^Environment=(.*)$", text, re.M)
    assert {name for line in lines for name in re.findall(r"(\w+)=", line)} <= SETTINGS | OTHERS
    assert [line for line in HARDENED if line not in text.splitlines()] == []


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_what_is_there(path: Path) -> None:
    commands = re.findall(
        r"^ExecStart(?:Pre)?=/opt/tandem/\.venv/bin/(.+)$", path.read_text(), re.M
    )
    assert commands
    for command in commands:
        program, word, *_ = command.split()
        assert (program, word) == ("gunicorn", "wsgi:app") or (
            program == "flask" and word in FLASK_COMMANDS
        )


def test_the_image_copies_what_is_there_and_is_nobody() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    names = {name for line in copied for name in line.split()}
    assert names == {
        "requirements.txt",
        "app",
        "migrations",
        "wsgi.py",
        "gunicorn.conf.py",
    }
    assert all((ROOT / name).exists() for name in names)
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    }
    assert kept == names
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.M) == ["10001:10001"]


def test_the_image_and_the_composition_set_settings_that_exist() -> None:
    block = re.search(r"^ENV (.*?[^\\])$", DOCKERFILE, re.M | re.S)
    assert block
    assert set(re.findall(r"(\w+)=", block[1])) <= SETTINGS | OTHERS
    assert set(re.findall(r"^    (TANDEM_\w+):", COMPOSE, re.M)) <= SETTINGS
    assert {"read_only: true", "cap_drop: [ALL]"} <= {line.strip() for line in COMPOSE.splitlines()}
    for words in re.findall(r"^    command: flask (\w+)", COMPOSE, re.M):
        assert words in FLASK_COMMANDS


@pytest.mark.parametrize(
    "check",
    [
        "import wsgi, gc; assert gc.isenabled()",
        # After a reload: the configuration is read again, the application is there.
        "import gc, runpy; read = runpy.run_path('gunicorn.conf.py'); assert not gc.isenabled(); "
        "read['post_fork'](None, None); assert gc.isenabled()",
    ],
)
def test_the_collector_runs_once_the_application_is_loaded(check: str) -> None:
    setting = os.environ | {"DATABASE_URL": "sqlite://"}
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, env=setting, check=True)
