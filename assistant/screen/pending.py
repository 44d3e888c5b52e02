"""What of a session is still to be kept: it waits until the card has been sent, and no longer than the run."""

from __future__ import annotations

from collections.abc import Callable

from assistant.errors import StoreError


class Pending:
    """Held in a session's state. It touches none of Streamlit's, so that a run that is being stopped still keeps what was asked.

    `fault` says why the last change could not be kept, "" where it could.
    """

    def __init__(self) -> None:
        self.fault = ""
        self._jobs: list[Callable[[], None]] = []

    def add(self, job: Callable[[], None]) -> None:
        """Something to be kept, after all that was added before."""
        self._jobs.append(job)

    def flush(self) -> None:
        """Keep all of it; a store that fails costs nobody the answer."""
        while self._jobs:
            try:
                self._jobs.pop(0)()
                self.fault = ""
            except StoreError as fault:
                self.fault = f"{fault} It goes on here, and is lost when the page is closed."
