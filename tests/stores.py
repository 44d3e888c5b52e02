"""The two places where search may lie: a folder of this machine, and a Chroma server that is really started. The same tests run over both."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from langchain_core.embeddings import Embeddings

from assistant import index, served, wiring
from assistant.collection import Place
from assistant.index import Stamp, Tell
from assistant.nearest import NearestStore
from assistant.records import Passage
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Store:
    """One of the two; `server` is the address of the other, "" for a folder."""

    server: str = ""

    def stamp(self, data: Path, passages: Sequence[Passage]) -> Stamp:
        """What an index must have been built from; a server is shared, so there each data folder has a stamp of its own."""
        return index.stamp(passages, "words", hashlib.sha256(str(data).encode()).hexdigest())

    def ready(self, data: Path, passages: Sequence[Passage], encoder: Embeddings, tell: Tell) -> NearestStore:
        """The index over some passages, opened; built first where that is needed."""
        wanted = self.stamp(data, passages)
        return served.ready(self.server, passages, wanted, encoder, tell) if self.server else index.ready(data, passages, wanted, encoder, tell)

    def place(self, data: Path) -> Place:
        """Where the search over added sources lies."""
        return wiring.place_of_added(Settings(data=data, chroma=self.server))


@contextmanager
def running_server(home: Path) -> Iterator[str]:
    """The address of a real server, as an operator would start it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(home), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.terminate()
