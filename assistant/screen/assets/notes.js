// Where the article is silent or at odds with a label or its own source. What could change a dose or cause harm stands
// beside the answer; the rest in the panel.

// The first two are open, since more would hide the answer that they stand beside; for a patient, whose team they are for, none.
function drawNotes(answer, data) {
  const always = answer.notes.filter((n) => n.always);
  if (!always.length) return null;
  const head = answer.plain ? "For the treating team: where the article is silent or at odds" : "Where the article is silent or at odds";
  return el("section", { class: "notes", "aria-label": head }, el("h3", {}, head), ...always.map((n, number) => drawNote(n, data, number < 2 && !answer.plain)));
}

function drawNote(note, data, open) {
  return el("details", { class: `note ${note.kind}`, open }, el("summary", {}, note.title),
    el("p", {}, note.say),
    note.labels.length ? el("ul", {}, note.labels.map((id) => drawLabelLine(data.labels[id]))) : null,
    el("p", { class: "sure" }, note.sure));
}

function drawLabelLine(label) {
  return el("li", {}, el("i", { class: "tag" }, label.marker), ` ${label.text}`, el("span", { class: "face" }, ` ${label.face}`));
}

function drawOtherNotes(notes, data) {
  const rest = notes.filter((n) => !n.always);
  if (!rest.length) return null;
  return el("details", { class: "more" }, el("summary", {}, `Left open by the article (${rest.length})`), rest.map((n) => drawNote(n, data, false)));
}

// What checking found of the figures that the article takes from a reference, for one passage.
function drawFigures(reference, passage) {
  const found = reference.figures.filter((f) => f.passages.some((name) => `article:${name}` === passage));
  return found.length ? el("ul", { class: "figures" }, found.map((f) => el("li", {}, el("b", {}, `“${f.words}”: ${f.verdict}.`), ` ${f.found}`))) : null;
}

// A passage that is none of the article's: a product label, or a source that was added here, at its place. Nothing for the article.
function drawElsewhere(turn, data, id) {
  const passage = turn && turn.answer ? turn.answer.passages.find((p) => p.id === id) : null;
  if (data.labels[id]) return drawLabel(data.labels[id]);
  if (!passage || passage.source !== "added") return null;
  return el("div", { class: "article label", tabindex: "0", role: "region", "aria-label": "Added source" },
    el("p", { class: "over" }, passage.face), ...[passage.before, passage, passage.after].filter(Boolean).flatMap((one, at, all) => drawAround(one, all[at - 1], one === passage)));
}

// One passage of an added source, under its headings where those change.
function drawAround(one, last, here) {
  const heading = one.section.join(" › ");
  const text = el("p", { class: here ? "here" : "around" }, here ? el("mark", {}, one.text) : one.text);
  return last && last.section.join(" › ") === heading ? [text] : [el("h3", {}, heading), text];
}
