"""A PostgreSQL server that is really started, for the tests of what is kept: the binaries of the package pgserver, or those on the PATH."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START = 60  # seconds that the server may take to answer
_USER = "holdfast"


def binaries() -> Path | None:
    """The folder of initdb and postgres, None where they or the driver are not installed. The package is looked up and not imported: as root it would make a user of its own."""
    if importlib.util.find_spec("psycopg") is None:
        return None
    package = importlib.util.find_spec("pgserver")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "pginstall" / "bin"
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """The URL of a fresh server, without a database's name: on loopback, in a folder of its own, for as long as the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run_as = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="holdfast-postgres-") as home:
        if run_as:
            os.chown(home, run_as["user"], run_as["group"])
            folder = _where_all_may_read(folder, Path(home))
        data = f"{home}/data"
        subprocess.run([folder / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], check=True, capture_output=True, cwd=home, **run_as)
        command = [folder / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={home}", "-c", "fsync=off"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home, **run_as) as server:
            try:
                _wait(folder, port, server)
                yield f"postgresql+psycopg://{_USER}@127.0.0.1:{port}"
            finally:
                server.send_signal(signal.SIGINT)  # its fast shutdown: sessions that are left are cut off


def _unprivileged() -> dict[str, Any]:
    """As whom the server runs: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _where_all_may_read(folder: Path, home: Path) -> Path:
    """The binaries where another user may run them too: those of the package may lie in a folder that is root's alone."""
    package = folder.parent.parent
    if package.name != "pgserver":
        return folder
    for part in (package, package.with_name("pgserver.libs")):
        shutil.copytree(part, home / "site" / part.name)
    return home / "site" / package.name / folder.relative_to(package)


def _wait(folder: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START
    ready = [folder / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-U", _USER, "-d", "postgres", "-q"]
    while time.monotonic() < end and server.poll() is None:
        if subprocess.run(ready, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError("the PostgreSQL server did not start")
