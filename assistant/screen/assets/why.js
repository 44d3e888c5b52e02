// Why this answer: the path through the algorithm, the rules that fired and nearly fired, and what would change it.

function drawWhy(turn, act) {
  const why = turn.answer.why;
  if (!why.fired.length) return "";
  const body = el("div", { class: "body" });
  if (why.path.length) {
    const steps = why.path.map((step) => el("li", {}, el("span", {}, step.field), el("b", {}, step.value)));
    body.append(el("ol", { class: "path", "aria-label": "Path through the algorithm" }, steps, el("li", { class: `end ${turn.answer.card.action}` }, el("b", {}, turn.answer.card.word))));
  }
  body.append(el("h4", {}, "Rules that fired"), el("ul", { class: "rules" }, why.fired.map((rule) => drawRule(rule, turn, act))));
  if (why.changes.length) body.append(el("h4", {}, "What would change this answer"), el("ul", { class: "changes" }, why.changes.map((change) =>
    el("li", {}, el("span", {}, `If ${change.when}`), el("span", { class: `to ${change.action}` }, el("b", {}, change.word), change.restart ? `, ${change.restart}` : "")))));
  if (why.near.length) body.append(drawNear(why.near));
  return el("details", { class: "why" }, el("summary", {}, "Why this answer"), body);
}

function drawRule(rule, turn, act) {
  const quotes = rule.quotes.map((quote) => {
    const stop = turn.answer.stops.findIndex((s) => s.passage === quote.passage);
    const text = `“${quote.words}”`;
    return stop < 0 ? el("q", {}, quote.words) : el("button", { type: "button", class: "quote", onclick: (event) => act.open(turn, stop, event.currentTarget) }, text);
  });
  return el("li", {}, el("p", {}, rule.says), quotes);
}

function drawNear(near) {
  const shown = 4;
  const line = (rule) => el("li", {}, el("span", {}, rule.says), el("span", { class: "miss" }, `${rule.field}: ${rule.found}, not ${rule.needed}`));
  const box = [el("h4", {}, "Rules that nearly fired"), el("ul", { class: "near" }, near.slice(0, shown).map(line))];
  if (near.length > shown) box.push(el("details", {}, el("summary", {}, `${near.length - shown} more`), el("ul", { class: "near" }, near.slice(shown).map(line))));
  const wrap = document.createDocumentFragment();
  wrap.append(...box);
  return wrap;
}
