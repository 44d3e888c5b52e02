// Why this answer: the algorithm with this case's path lit, the rules that fired and nearly fired, and what would change it.

function drawWhy(turn, act) {
  const why = turn.answer.why;
  if (!why.fired.length) return "";
  const body = el("div", { class: "body" });
  if (why.diagram.branches) body.append(el("h4", {}, "The algorithm, and the path of this case"), drawDiagram(why.diagram, turn, act));
  if (why.path.length) body.append(el("p", { class: "conditions" }, "Read as: ", why.path.flatMap((step, n) => [n ? "; " : "", `${step.field.toLowerCase()} `, el("b", {}, step.value)]), "."));
  body.append(el("h4", {}, "Rules that fired"), el("ul", { class: "rules" }, why.fired.map((rule) => drawRule(rule, turn, act))));
  if (why.changes.length) body.append(el("h4", {}, "What would change this answer"), el("ul", { class: "changes" }, why.changes.map(drawChange)));
  if (why.near.length) body.append(drawNear(why.near));
  return el("details", { class: "why" }, el("summary", {}, "Why this answer"), body);
}

// A tree of lists: it reads in order, bends to any width, and prints. The path is told by weight and a word, not by colour alone.
function drawDiagram(root, turn, act) {
  return el("div", { class: `diagram ${turn.answer.card.action}`, role: "group", "aria-label": "The algorithm as a tree" }, el("p", { class: "fork lit" }, root.via), drawBranches(root, turn, act));
}

function drawBranches(node, turn, act) {
  return el("ul", {}, node.branches.map((branch) => el("li", { class: branch.lit ? "lit" : null }, branch.branches ? drawFork(branch, turn, act) : drawLeaf(branch, turn, act))));
}

function drawFork(branch, turn, act) {
  return [el("span", { class: "branch" }, branch.name, branch.lit ? el("span", { class: "sr" }, " (this case)") : null), el("span", { class: "fork" }, branch.via), drawBranches(branch, turn, act)];
}

function drawLeaf(leaf, turn, act) {
  const end = [icon(leaf.icon, 16), el("b", {}, leaf.word), leaf.note ? el("span", {}, leaf.note) : null, leaf.lit ? el("span", { class: "here" }, "this case") : null];
  const open = (event) => {
    const stop = turn.answer.stops.findIndex((s) => s.passage === leaf.passage);
    if (stop < 0) act.read(turn, event.currentTarget, leaf.passage); else act.open(turn, stop, event.currentTarget);
  };
  return [el("span", { class: "branch" }, leaf.name), leaf.passage ? el("button", { type: "button", class: `leaf ${leaf.action}`, title: "Show the article's words", onclick: open }, end) : el("span", { class: `leaf ${leaf.action}` }, end)];
}

function drawRule(rule, turn, act) {
  const quotes = rule.quotes.map((quote) => {
    const stop = turn.answer.stops.findIndex((s) => s.passage === quote.passage);
    const text = `“${quote.words}”`;
    return stop < 0 ? el("q", {}, quote.words) : el("button", { type: "button", class: "quote", onclick: (event) => act.open(turn, stop, event.currentTarget) }, text);
  });
  return el("li", {}, el("p", {}, rule.says), quotes);
}

// Each change opens to the other answer, whole: nothing is asked anew for it, and it is drawn only while it is open.
function drawChange(change) {
  const line = el("summary", {}, el("span", {}, `If ${change.when}`), el("span", { class: `to ${change.action}` }, el("b", {}, change.word), change.restart ? `, ${change.restart}` : ""));
  const other = el("div", { class: "other" });
  const draw = () => (box.open ? other.replaceChildren(drawCard(change.card), ...change.text.map((text) => el("p", {}, text)), el("p", { class: "hint" }, "This is not the answer to the question: it is what the answer would be.")) : other.replaceChildren());
  const box = el("details", { class: "change", ontoggle: draw }, line, other);
  return el("li", {}, box);
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
