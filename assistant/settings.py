"""Every tunable, in one frozen record that is read from the environment once.

A value that cannot be used, and a name that nothing reads, are errors: a setting never silently does nothing.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = "bundled"
PREFIX = "HOLDFAST_"

_NAMES = (
    "CHROMA", "DATA", "DATABASE", "ENCODER", "JURISDICTION", "MODEL", "MODEL_BASE_URL", "MODEL_TIMEOUT", "MODEL_OUTPUT", "MODEL_READS", "MODEL_STREAM",
    "OTHER_MODELS", "SEND_QUESTION",
)  # fmt: skip
_OUTPUTS = ("auto", "text")
JURISDICTIONS = ("US", "EU", "CH", "CA")  # whose product labels are on record
NOTHING = "nothing"
_MODEL_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?")
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"", "0", "false", "no", "off"})

# What a dependency would do on its own that this project does not want: ask the network, report usage, draw bars.
_QUIET = {
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_GATEWAY": "false",  # would send what a model is told through LangChain's own servers
    "LANGSMITH_TRACING": "false",
    "OTEL_SDK_DISABLED": "true",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process is set up.

    `model` is in `init_chat_model` form ("provider:name") or empty: then no model is used and nothing imported for it.
    `model_timeout` is the whole time in seconds that a draft may take; `model_output` is "auto" (structured where the
    model can) or "text"; `model_stream` is false for a server that cannot stream. `send_question` lets the model see
    the question's own words, identifiers masked; `model_reads` lets it read the case too, which needs them. `data` holds
    the index, which can be rebuilt, and the added sources and conversations, which cannot. `chroma` is the address of a Chroma server, "" for the
    embedded one. `jurisdiction` is whose product label counts, "" for the US and the EU side by side.
    `encoder` is "bundled" or the path of a sentence-transformers folder. `database` is the SQLAlchemy URL where the page
    keeps conversations, or empty: then it keeps none. `other_models` are models that a reader of the page may choose to
    have an answer explained anew.
    """

    model: str = ""
    model_base_url: str = ""
    model_timeout: float = 20.0
    model_output: str = "auto"
    model_stream: bool = True
    model_reads: bool = False
    send_question: bool = False
    data: Path = ROOT / ".holdfast"
    encoder: str = BUNDLED
    jurisdiction: str = ""
    chroma: str = ""
    database: str = ""
    other_models: tuple[str, ...] = ()


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment gives, each from `HOLDFAST_<NAME>`.

    Raises:
        SettingsError: with every fault: which variable, what is allowed, what to do. Values are not repeated,
            since a key may have been pasted into the wrong variable.
    """
    given = {name.removeprefix(PREFIX): value.strip() for name, value in environ.items() if name.startswith(PREFIX)}
    faults = [f"{PREFIX}{name}: nothing reads this; allowed are {', '.join(PREFIX + n for n in _NAMES)}." for name in sorted(set(given) - set(_NAMES))]
    data = Path(given["DATA"]).expanduser().resolve() if given.get("DATA") else Settings().data
    others = [name.strip() for name in given.get("OTHER_MODELS", "").split(",") if name.strip()]
    settings = Settings(
        model=_model("MODEL", given.get("MODEL", ""), faults),
        model_base_url=_address("MODEL_BASE_URL", given.get("MODEL_BASE_URL", ""), "http://127.0.0.1:8000/v1", faults),
        model_timeout=_seconds(given.get("MODEL_TIMEOUT", ""), faults),
        model_output=_one_of("MODEL_OUTPUT", given.get("MODEL_OUTPUT", ""), _OUTPUTS, faults),
        model_stream=_yes_or_no("MODEL_STREAM", given.get("MODEL_STREAM") or "on", faults),
        model_reads=_yes_or_no("MODEL_READS", given.get("MODEL_READS", ""), faults),
        send_question=_yes_or_no("SEND_QUESTION", given.get("SEND_QUESTION", ""), faults),
        data=data,
        chroma=_address("CHROMA", given.get("CHROMA", ""), "http://127.0.0.1:8000", faults),
        jurisdiction=_jurisdiction(given.get("JURISDICTION", ""), faults),
        encoder=_encoder(given.get("ENCODER", ""), faults),
        database=_database(given.get("DATABASE", ""), data, faults),
        other_models=tuple(_model("OTHER_MODELS", name, faults) for name in others),
    )
    if settings.model_base_url and not given.get("MODEL"):
        faults.append(f"{PREFIX}MODEL_BASE_URL: is set without {PREFIX}MODEL; name the model too, or unset it.")
    if settings.model_reads and not (settings.model and settings.send_question):
        faults.append(f"{PREFIX}MODEL_READS: a model can only read the question where {PREFIX}MODEL names one and {PREFIX}SEND_QUESTION allows it.")
    if settings.other_models and not given.get("MODEL"):
        faults.append(f"{PREFIX}OTHER_MODELS: is set without {PREFIX}MODEL; name the model that is asked first, or unset it.")
    if faults:
        raise SettingsError(f"{len(faults)} setting(s) cannot be used:\n- " + "\n- ".join(faults))
    return settings


def switch_off_telemetry() -> None:
    """Tell every dependency to stay offline and quiet; the one place that writes to the environment.

    Called before the first of them is imported, since most read these names at import. Tracing and usage reports
    stay off whatever the environment says: a question is nobody else's business.
    """
    os.environ.update(_QUIET)


def _model(setting: str, value: str, faults: list[str]) -> str:
    provider, colon, name = value.partition(":")
    if value and not (provider and colon and name):
        faults.append(f"{PREFIX}{setting}: must be 'provider:name', for instance 'openai:gpt-4o-mini' or 'ollama:llama3.1'.")
    return value


def _address(name: str, value: str, example: str, faults: list[str]) -> str:
    if value:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            faults.append(f"{PREFIX}{name}: must be an http or https address, for instance '{example}'.")
    return value


def _seconds(value: str, faults: list[str]) -> float:
    if not value:
        return Settings().model_timeout
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 1 <= seconds <= 600:
        faults.append(f"{PREFIX}MODEL_TIMEOUT: must be a number of seconds from 1 to 600.")
    return seconds


def _yes_or_no(name: str, value: str, faults: list[str]) -> bool:
    if value.lower() not in _YES | _NO:
        faults.append(f"{PREFIX}{name}: must be one of {', '.join(sorted(_YES))} (on) or {', '.join(sorted(_NO - {''}))} (off).")
    return value.lower() in _YES


def _one_of(name: str, value: str, allowed: tuple[str, ...], faults: list[str]) -> str:
    """One of a few words; the first where none is given."""
    chosen = value.lower() or allowed[0]
    if chosen not in allowed:
        faults.append(f"{PREFIX}{name}: must be one of {', '.join(allowed)}.")
    return chosen


def _jurisdiction(value: str, faults: list[str]) -> str:
    if value.upper() not in ("", *JURISDICTIONS):
        faults.append(f"{PREFIX}JURISDICTION: must be one of {', '.join(JURISDICTIONS)}, or unset for the US and the EU side by side.")
    return value.upper()


def _database(value: str, data: Path, faults: list[str]) -> str:
    """A file beside the index by default; empty where nothing is to be kept."""
    if value == NOTHING:
        return ""
    if value and "://" not in value:
        faults.append(f"{PREFIX}DATABASE: must be an SQLAlchemy URL such as 'postgresql+psycopg://host/name' or 'sqlite:////folder/file', or '{NOTHING}' to keep no conversation.")
    return value or f"sqlite:///{data / 'conversations.sqlite'}"


def _encoder(value: str, faults: list[str]) -> str:
    if not value or value == BUNDLED:
        return BUNDLED
    folder = Path(value).expanduser()
    if _MODEL_NAME.fullmatch(value) and not folder.exists():
        return value
    if not (folder / "modules.json").is_file():
        faults.append(f"{PREFIX}ENCODER: must be '{BUNDLED}' or a folder with a sentence-transformers model (one that holds modules.json), or the name of one that lies on this machine; nothing is downloaded.")
    return str(folder)
