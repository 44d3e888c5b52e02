"""What leaves the machine, and to whom: said on the page before anything is sent."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from assistant.settings import Settings

# Where each provider's client goes when it is told nothing: its own variables, in its order, and its default.
_HOMES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "openai": (("OPENAI_API_BASE", "OPENAI_BASE_URL"), "https://api.openai.com/v1"),
    "anthropic": (("ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL"), "https://api.anthropic.com"),
    "ollama": (("OLLAMA_HOST",), "http://127.0.0.1:11434"),
}


def disclosure(settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """One or two plain sentences: whether anything leaves this machine, what, and to whom."""
    if not settings.model:
        return "No model is used. Nothing leaves this machine."
    host = destination(settings, environ)
    sent = "what was read from the question and the passages, not its words"
    if settings.send_question:
        sent = "the question, with names, dates, numbers and addresses masked, what was read from it, and the passages"
    if _is_here(host):
        told = f"Explained by {settings.model} on this machine. It is given {sent}. Nothing leaves this machine."
    else:
        told = f"Explained by {settings.model}. It is sent {sent}, to {host or 'its provider'}."
    others = [f"{name} ({destination(replace(settings, model=name), environ) or 'at its provider'})" for name in settings.other_models if name != settings.model]
    return f"{told} Where a reader chooses it, the same goes to {', '.join(others)}." if others else told


def brief(settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """The same in a few words, for the line that is always in sight."""
    if not settings.model:
        return "No model is used. Nothing leaves this machine."
    host = destination(settings, environ)
    if _is_here(host) and not settings.other_models:
        return "Nothing leaves this machine."
    sent = "The masked question, facts and passages" if settings.send_question else "Facts and passages, not the question,"
    return f"{sent} go to the model's provider." if settings.other_models or not host else f"{sent} go to {host}."


def destination(settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """The host that the model is asked at, with its port where one is given; "" where only the provider's library knows."""
    variables, default = _HOMES.get(settings.model.partition(":")[0], ((), ""))
    told = settings.model_base_url or next((environ[name] for name in variables if environ.get(name)), default)
    return urlsplit(told if "://" in told else f"//{told}").netloc.rpartition("@")[2]


def _is_here(host: str) -> bool:
    """Whether a host is this machine itself."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
