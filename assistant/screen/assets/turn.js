// One question and its answer: what was read, the card, the prose, what is asked back, why.

function drawTurn(turn, act, data) {
  const node = el("article", { class: "turn", "data-turn": turn.id, "aria-labelledby": `q${turn.id}` });
  node.append(drawQuestion(turn, act));
  const answer = turn.answer;
  if (turn.fault) node.append(el("div", { class: "fault", role: "alert" }, el("p", {}, turn.fault), el("button", { type: "button", class: "plain", onclick: () => act.edit(turn, turn.text) }, "Ask it again")));
  if (!answer) return node;
  node.append(...[drawCard(answer.card), drawProse(turn, act), drawNotes(answer, data)].filter(Boolean));
  if (turn.last && answer.asks.length) node.append(drawAsks(answer.asks, act));
  node.append(drawCourse(turn, act), drawWhy(turn, act), drawCorrected(turn), drawDeeds(turn, act), drawPrinted(answer));
  return node;
}

function drawQuestion(turn, act) {
  const text = el("p", { class: "asked", id: `q${turn.id}` });
  for (const piece of turn.question) text.append(piece.names.length ? el("mark", { "data-names": piece.names.join(" "), title: piece.told }, piece.text) : piece.text);
  const over = el("div", { class: "over" }, el("span", {}, turn.number === 1 ? "Question" : `Question ${turn.number}`));
  const box = el("header", { class: "question" }, over, text);
  if (turn.typed) over.append(el("button", { type: "button", class: "plain edit", "aria-label": `Edit question ${turn.number}`, onclick: () => editQuestion(turn, box, text, act) }, "Edit"));
  if (turn.text.length > 700) fold(text, box);
  const chips = turn.answer ? turn.answer.chips : [];
  if (chips.length) box.append(drawChips(chips, text));
  if (turn.last && turn.answer && turn.answer.corrections.length) box.append(drawCorrections(turn.answer.corrections, act));
  return box;
}

// A question put differently takes the place of the first one; what was asked after it is dropped, and that is said.
function editQuestion(turn, box, text, act) {
  if (box.querySelector("form")) return;
  const field = el("textarea", { "aria-label": `Question ${turn.number}`, rows: "4" });
  field.value = turn.text;
  const leave = () => { form.remove(); text.hidden = false; box.querySelector(".edit").focus(); };
  const form = el("form", { class: "editing", onsubmit: (event) => { event.preventDefault(); if (field.value.trim()) act.edit(turn, field.value); } }, field,
    turn.last ? null : el("p", { class: "hint" }, "The questions after this one will be dropped."),
    el("div", { class: "row" }, el("button", { type: "submit", class: "answer" }, "Ask it so"), el("button", { type: "button", class: "plain", onclick: leave }, "Leave it as it was")));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); leave(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  text.hidden = true;
  text.after(form);
  field.focus();
}

function fold(text, box) {
  text.classList.add("folded");
  const more = el("button", { type: "button", class: "plain", "aria-expanded": "false", onclick: () => {
    const open = text.classList.toggle("folded") === false;
    more.setAttribute("aria-expanded", open);
    more.textContent = open ? "Show less" : "Show the whole question";
  } }, "Show the whole question");
  box.append(more);
}

function drawChips(chips, text) {
  const list = el("ul", { class: "chips", "aria-label": "Read from the question" });
  for (const chip of chips) {
    const from = chip.words.length ? `read from “${chip.words.join("”, “")}”` : "";
    // A chip that has words is a button, so that they light up by keyboard and by touch too.
    const item = el("li", { class: chip.new ? "chip" : "chip earlier", title: [from, chip.note].filter(Boolean).join("; ") }, el(chip.words.length ? "button" : "span", chip.words.length ? { type: "button" } : {},
      el("span", { class: "name" }, chip.label), " ", el("b", {}, chip.value), chip.note ? el("span", { class: "note" }, ` ${chip.note}`) : null, from ? el("span", { class: "sr" }, ` ${from}`) : null));
    const light = (on) => text.querySelectorAll("mark").forEach((mark) => mark.classList.toggle("lit", on && mark.dataset.names.split(" ").some((name) => chip.lights.includes(name))));
    for (const begins of ["pointerenter", "focusin"]) item.addEventListener(begins, () => light(true));
    for (const ends of ["pointerleave", "focusout"]) item.addEventListener(ends, () => light(item.matches(":focus-within")));
    list.append(item);
  }
  return el("div", { class: "read" }, el("span", { class: "over" }, "Read from it"), list);
}

// What was read can be put right by hand; each press is the next turn, and needs no reading.
function drawCorrections(corrections, act) {
  const rows = corrections.map((c) => el("div", { class: "ask", role: "group", "aria-label": c.label }, el("span", { class: "over" }, c.label), c.answers.length ? drawAnswers(c.answers, act) : null, c.unit ? drawNumber(c, act) : null));
  return el("details", { class: "correct" }, el("summary", {}, "Correct what was read"), el("div", { class: "body" }, rows));
}

function drawNumber(c, act) {
  const field = el("input", { type: "number", min: "0", max: "9999", step: "any", "aria-label": `${c.label} in ${c.unit}`, required: true });
  const send = (event) => { event.preventDefault(); act.say(`${c.label}: ${Number(field.value)} ${c.unit}.`, [[c.name, String(Number(field.value))]]); };
  return el("form", { class: "row", onsubmit: send }, field, el("span", { class: "soft" }, c.unit), el("button", { type: "submit", class: "answer" }, "Set"));
}

function drawAnswers(answers, act) {
  return el("div", { class: "answers" }, answers.map((a) => el("button", { type: "button", class: "answer", onclick: () => act.say(a.text, a.set) }, a.label)));
}

function drawCard(card) {
  const about = card.about.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value)));
  const node = el("section", { class: `card ${card.action}`, "aria-label": `Decision: ${card.word}` },
    el("div", { class: "glance" }, el("span", { class: "sign" }, icon(card.icon, 30)),
      el("div", {}, el("h2", {}, card.word, ["hold", "resume"].includes(card.action) ? el("span", {}, " pomalidomide") : null), card.line ? el("p", {}, card.line) : null)));
  if (card.handmade) node.append(el("p", { class: "handmade" }, icon("pen", 18), el("span", {}, card.handmade)));
  if (card.says) node.append(el("p", { class: "says" }, card.says));
  if (card.call) node.append(el("p", { class: "call" }, icon("phone", 20), el("b", {}, card.call)));
  if (card.patients.length) node.append(el("ul", { class: "patients" }, card.patients.map((p) => el("li", { class: p.action }, icon(p.icon, 18), el("span", {}, p.who), el("b", {}, p.word), el("span", {}, p.line)))));
  if (about.length) node.append(el("dl", { class: "about" }, about));
  if (card.now.length) node.append(el("div", { class: "now" }, el("h3", {}, card.now_head), el("ol", {}, card.now.map((text) => el("li", {}, text)))));
  const also = card.also.map((text) => el("li", {}, text));
  if (card.unknown) also.push(el("li", { class: "unknown" }, el("span", {}, "Not stated: "), card.unknown));
  if (also.length) node.append(el("ul", { class: "also", "aria-label": "For this patient" }, also));
  return node;
}

function drawProse(turn, act) {
  const answer = turn.answer;
  const box = el("div", { class: "prose" });
  for (const remark of answer.remarks) box.append(el("p", { class: "remark" }, remark));
  if (answer.lead) box.append(el("h3", {}, answer.lead));
  for (const line of answer.paragraphs) box.append(el("p", {}, line.flatMap((sentence, n) => [n ? " " : "", drawSentence(turn, sentence, act)])));
  const cited = answer.passages.filter((p) => p.cited).length;
  const foot = el("p", { class: "foot" }, el("span", {}, turn.waiting || answer.checked, turn.waiting ? el("span", { class: "elapsed", "aria-hidden": "true" }) : null));
  if (cited) foot.append(el("button", { type: "button", class: "plain sources", onclick: (event) => act.list(turn, event.currentTarget) }, `Sources (${cited})`));
  box.append(foot);
  return box;
}

function drawSentence(turn, sentence, act) {
  const span = el("span", { class: "sentence", "data-number": sentence.number });
  for (const run of sentence.runs) {
    if (!run.mark) { span.append(run.bold ? el("strong", {}, run.text) : run.text); continue; }
    const tail = lastWord(span);
    const stop = turn.answer.stops[run.stop];
    const where = turn.answer.passages.find((p) => p.id === stop.passage);
    const told = run.mark === "¶" ? "Show where the article says this" : `Show source ${run.mark}, ${where.section.at(-1) || "opening sentence"}`;
    tail.append(el("button", { type: "button", class: run.mark === "¶" ? "cite quiet" : "cite", "aria-label": told, title: told, "aria-expanded": "false", "data-stop": run.stop,
      onclick: (event) => act.open(turn, run.stop, event.currentTarget) }, run.mark));
  }
  return span;
}

// The last word so far, in a piece of its own that a marker joins, so that no marker begins a line.
function lastWord(span) {
  const tail = el("span", { class: "tail" });
  const text = span.lastChild;
  if (text && text.nodeType === Node.TEXT_NODE) {
    const cut = text.data.trimEnd().lastIndexOf(" ") + 1;
    tail.append(text.data.slice(cut));
    text.data = text.data.slice(0, cut);
  }
  span.append(tail);
  return tail;
}

function drawAsks(asks, act) {
  const box = el("section", { class: "asks", "aria-label": "To be sure" }, el("h3", {}, "To be sure"));
  for (const ask of asks) {
    box.append(el("div", { class: "ask", role: "group", "aria-label": ask.question }, el("p", {}, ask.question), drawAnswers(ask.answers, act)));
  }
  return box;
}

function drawPrinted(answer) {
  const cited = answer.passages.filter((p) => p.cited);
  const marks = (p) => marksOf(answer, p).map((m) => `[${m}] `).join("");
  return el("section", { class: "printed" }, el("h3", {}, "Sources"), el("ul", {}, cited.map((p) => el("li", {}, marks(p), el("b", {}, p.section.join(" › ") || "Opening sentence"), `: “${p.text}”`))));
}
