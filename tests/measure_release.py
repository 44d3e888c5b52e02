"""Time to the first released sentence, against a scripted model on loopback: `python -m tests.measure_release [RUNS]`.

The model writes a word every 25 ms, as one of some 40 words a second does. Told are medians in seconds from the question
on: when the next sentence began at the model (no release can come earlier), when the first sentence was released, and when the answer was whole.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from http.server import BaseHTTPRequestHandler

from assistant.asking import Asker
from assistant.drafting import Drafter
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.wiring import make_model
from tests.support import DONE, QuotedOnly, event, model_server

PAUSE = 0.025  # seconds between two words
QUESTION = "Patient on pomalidomide 4 mg, admitted with severe pneumonia on IV antibiotics. Hold pomalidomide?"
SENTENCES = (
    "Stop pomalidomide now, since an active infection holds it [1].",
    "Hold it until the infection has completely resolved [1].",
    "Start appropriate antimicrobial therapy.",
    "Monitor the response of the infection.",
    "Once it has completely resolved, consider a reduced dose, from 4 mg to 3 mg.",
    "Consider prophylactic antibiotics for the first three months of therapy [1].",
)


def measure(*, structured: bool) -> tuple[float, float, float]:
    """One answer: seconds to the end of the model's first sentence, to its release, and to the whole answer."""
    ready: list[float] = []
    released: list[float] = []

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for number, sentence in enumerate(SENTENCES):
            head = '{"sentences": [' if structured and number == 0 else ", " if structured else " "
            text = head + json.dumps({"text": sentence, "markers": []}) if structured else sentence + " "
            for word in text.split(" "):
                handler.wfile.write(event(word + " ").encode())
                handler.wfile.flush()
                if number == 1 and not ready:
                    ready.append(time.perf_counter())
                time.sleep(PAUSE)
        handler.wfile.write((event("]}" if structured else "") + event(finish="stop") + DONE).encode())

    with model_server(reply) as server:
        model = make_model(Settings(model="openai:scripted", model_base_url=server.address))
        drafter = Drafter(asker=Asker(model=model, timeout=20, structured=structured), name="scripted")
        started = time.perf_counter()
        Assistant(retriever=QuotedOnly(), drafter=drafter).answer([QUESTION], released=lambda text: released.append(time.perf_counter()))
        return ready[0] - started, released[0] - started, time.perf_counter() - started


def main(runs: int) -> None:
    """Measure plain and structured drafts; the first of each warms up and is not counted."""
    os.environ.setdefault("OPENAI_API_KEY", "not-a-key")
    for structured in (False, True):
        found = [measure(structured=structured) for _ in range(runs + 1)][1:]
        ready, released, whole = (statistics.median(column) for column in zip(*found, strict=True))
        late = sorted(one[1] - one[0] for one in found)
        kind = "structured" if structured else "plain"
        print(f"{kind}: next sentence begun {ready:.3f} s, first released {released:.3f} s, whole {whole:.3f} s; from begun to released at most {late[-1] * 1000:.0f} ms ({runs} runs)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
