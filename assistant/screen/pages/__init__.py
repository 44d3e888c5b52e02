"""The pages beside the conversation, in the order of the navigation; each is a function that draws it.

A further page is one module here and one line in `PAGES`. It reads, shows and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from assistant.screen.pages import about, evaluation, sources


class Listed(NamedTuple):
    """One page: its name in the navigation, its address, and what draws it."""

    title: str
    url_path: str
    draw: Callable[[], None]


PAGES = (
    Listed("Sources", "sources", sources.draw),
    Listed("Evaluation", "evaluation", evaluation.draw),
    Listed("About", "about", about.draw),
)
