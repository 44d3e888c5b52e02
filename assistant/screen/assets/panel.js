// The citation panel: the article with the exact words marked, and all that is known of the place.

const SCORE = "How near the passage is to the question: the mean of likeness in meaning (to the passage, or to a question that it is known to answer) and in words, 0 to 1, higher is nearer.";

const GONE = "The answer has changed since, and cites this no longer.";

function sectionOf(passage) {
  return passage.section.length ? passage.section.join(" › ") : "Opening sentence";
}

function drawList(turn, data, act) {
  const answer = turn ? turn.answer : null;
  const cited = answer ? answer.passages.filter((p) => p.cited) : [];
  const found = answer ? answer.passages.filter((p) => !p.cited) : [];
  const body = el("div", { class: "panel-body" });
  if (cited.length) body.append(el("ul", { class: "places" }, cited.map((p) => drawPlace(p, turn, act))));
  else body.append(el("p", { class: "hint" }, "This answer rests on no passage of the article."));
  if (found.length) body.append(el("details", { class: "more" }, el("summary", {}, `Also found by search (${found.length})`), el("ul", { class: "places" }, found.map((p) => drawPlace(p, turn, act)))));
  const open = answer ? drawOtherNotes(answer.notes, data) : null;
  if (open) body.append(open);
  body.append(el("button", { type: "button", class: "plain", onclick: (event) => act.read(turn, event.currentTarget) }, "Read the whole article"));
  const a = data.article;
  const status = el("footer", { class: "status" }, el("p", {}, el("b", {}, a.status), `. ${a.updated}. ${a.publisher}. ${a.purpose}.`), el("p", {}, a.disclaimer));
  return [el("div", { class: "panel-head" }, el("h2", { tabindex: "-1" }, "Sources"), closer(act)), body, status];
}

// The markers under which an answer cites a passage.
function marksOf(answer, passage) {
  return [...new Set(answer.stops.filter((s) => s.passage === passage.id && s.mark !== "¶").map((s) => s.mark))];
}

function drawPlace(passage, turn, act) {
  const stop = turn.answer.stops.findIndex((s) => s.passage === passage.id);
  const open = (event) => (stop < 0 ? act.read(turn, event.currentTarget, passage.id) : act.open(turn, stop, event.currentTarget));
  return el("li", {}, el("button", { type: "button", onclick: open },
    el("span", { class: "where" }, marksOf(turn.answer, passage).map((m) => el("i", { class: "tag" }, m)), sectionOf(passage), passage.score === null ? null : el("span", { class: "score", title: SCORE }, `score ${passage.score.toFixed(2)}`)),
    el("span", { class: "words" }, passage.text)));
}

function closer(act) {
  return el("button", { type: "button", class: "close", "aria-label": "Close sources", onclick: act.close }, icon("close", 20));
}

// A place is one stop of an answer with its passage. `index` is where it stands among the stops, null where the answer cites it no longer; `near` is where
// it stood last.
function placeAt(turn, index) {
  const stop = turn.answer.stops[index];
  return { index, near: index, stop, passage: turn.answer.passages.find((p) => p.id === stop.passage) };
}

// The same place in an answer that was drawn anew: the same passage under the same marker, else the same passage; else it stays, and is told as no longer cited.
function placeAgain(turn, place) {
  const stops = turn.answer ? turn.answer.stops : [];
  const like = (test) => stops.findIndex((s) => s.passage === place.stop.passage && test(s));
  const found = [like((s) => s.mark === place.stop.mark && s.sentence === place.stop.sentence), like((s) => s.mark === place.stop.mark), like(() => true)].find((n) => n >= 0);
  return found === undefined ? { ...place, index: null } : placeAt(turn, found);
}

// The place after or before; from one that is no longer cited on to what stands where it stood. Null where there is no other.
function nextPlace(turn, place, by) {
  const count = turn.answer.stops.length;
  if (!count || (count === 1 && place.index !== null)) return null;
  const from = place.index ?? (by > 0 ? place.near - 1 : place.near);
  return (Math.min(from, count - 1) + by + count) % count;
}

function drawStop(turn, place, data, act) {
  const { index, stop, passage } = place;
  const step = (by) => () => act.open(turn, nextPlace(turn, place, by), null);
  const nav = nextPlace(turn, place, 1) === null ? null : el("div", { class: "nav" },
    el("button", { type: "button", "aria-label": "Previous source", title: "Previous source (left arrow)", onclick: step(-1) }, icon("back", 18)),
    index === null ? null : el("span", {}, `${index + 1} of ${turn.answer.stops.length}`),
    el("button", { type: "button", "aria-label": "Next source", title: "Next source (right arrow)", onclick: step(1) }, icon("next", 18)));
  const head = el("div", { class: "panel-head" },
    el("div", {}, el("h2", { tabindex: "-1" }, stop.mark === "¶" ? "The article, without a reference" : `Source ${stop.mark}`), el("p", { class: "where" }, sectionOf(passage)), index === null ? el("p", { class: "gone", role: "status" }, GONE) : null), ...(nav ? [nav] : []), closer(act));
  const text = drawElsewhere(turn, data, passage.id) || drawArticle(turn, data, act, stop);
  return [head, text, drawRecord(index === null ? { ...passage, because: GONE, rules: [] } : passage, stop, data, drawResting(turn, stop.passage, act))];
}

function drawLabel(label) {
  return el("div", { class: "article label", tabindex: "0", role: "region", "aria-label": "Product label" },
    el("p", { class: "over" }, `Product label, ${label.jurisdiction}`), el("h3", {}, label.section), el("p", {}, el("mark", {}, label.text)),
    el("p", { class: "hint" }, `In our own words. ${label.face}`));
}

function drawArticle(turn, data, act, stop, passageId) {
  const box = el("div", { class: "article", tabindex: "0", role: "region", "aria-label": "The whole article" });
  const target = stop ? stop.passage : passageId;
  const used = new Set(turn ? turn.answer.stops.map((s) => s.passage) : []);
  for (const block of data.article.blocks) {
    const tag = block.kind.startsWith("h") ? `h${Math.min(Number(block.kind[1]) + 2, 6)}` : "p";
    const here = block.id && block.id === target;
    const node = el(tag, { class: [block.kind, used.has(block.id) ? "used" : "", here ? "here" : ""].join(" ").trim(), "data-passage": block.id || null });
    node.append(...pieces(block, here && stop ? [stop.start, stop.end] : here ? [0, block.text.length] : null));
    if (used.has(block.id)) {
      const open = () => act.rests(turn, block.id);
      node.addEventListener("click", () => { if (!String(getSelection())) open(); });
      node.append(" ", el("button", { type: "button", class: "rests", title: "Show what rests on this", "aria-label": `Show what rests on: ${block.text.slice(0, 60)}`, onclick: (event) => { event.stopPropagation(); open(); } }, "in the answer"));
    }
    box.append(node);
  }
  return box;
}

// The block's text, cut where its printed reference numbers and the marked words begin and end.
function pieces(block, marked) {
  const edges = new Set([0, block.text.length, ...block.notes.flat(), ...(marked || [])]);
  const cuts = [...edges].sort((a, b) => a - b);
  const out = [];
  const mark = el("mark");
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const [start, end] = [cuts[i], cuts[i + 1]];
    const text = block.text.slice(start, end);
    const note = block.notes.some(([s, e]) => start >= s && end <= e);
    const lit = marked && start >= marked[0] && end <= marked[1];
    const piece = note ? el("sup", {}, text) : text;
    if (lit && !mark.isConnected && !out.includes(mark)) out.push(mark);
    if (lit) mark.append(piece);
    else out.push(piece);
  }
  return out;
}

// The sentences of the answer that rest on a passage, in words: where the panel lies over the answer, nothing that lights up there is seen.
function drawResting(turn, passage, act) {
  const numbers = new Set(turn.answer.stops.filter((s) => s.passage === passage).map((s) => s.sentence));
  const told = (number) => turn.answer.paragraphs.flat().filter((s) => s.number === number).flatMap((s) => s.runs).map((run) => run.text || "").join("").replace(/\s+(?=[.,;:])/g, "").trim();
  return numbers.size ? el("ul", { class: "resting" }, [...numbers].map((number) => el("li", {}, el("button", { type: "button", onclick: () => act.sentence(turn, number) }, told(number))))) : null;
}

function drawRecord(passage, stop, data, resting) {
  const rows = el("dl", { class: "record", tabindex: "0", "aria-label": "What is known of this source" });
  const row = (label, ...content) => rows.append(el("dt", {}, label), el("dd", {}, ...content));
  row("Why it is here", passage.because, passage.rules.length > 1 ? el("ul", {}, passage.rules.slice(1).map((says) => el("li", {}, says))) : null);
  if (resting) row("In the answer", resting);
  if (passage.score === null) row("Score", "Not searched.");
  else row("Score", el("meter", { min: "0", max: "1", value: passage.score, "aria-label": "Retrieval score" }), el("b", {}, passage.score.toFixed(2)), ` place ${passage.rank} of ${passage.of}. ${SCORE}`);
  const reference = data.references[stop.mark] || passage.markers.map((m) => data.references[m]).find(Boolean);
  if (reference) row(`Reference ${reference.marker}`, el("span", { class: `badge ${reference.status}` }, reference.told), " ", reference.identity || "Not identified.", reference.doi ? ` doi:${reference.doi}` : "", el("p", {}, reference.found), drawFigures(reference, passage.id));
  for (const one of passage.beside) row(one.title, one.text, one.face ? el("span", { class: "face" }, ` ${one.face}`) : null, one.labels.length ? el("ul", {}, one.labels.map((id) => drawLabelLine(data.labels[id]))) : null);
  return rows;
}
