// Draws the conversation and owns the panel. One instance for the page; only turns whose version changed are drawn anew.

const memory = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".hf");
  if (!root || !data) return undefined;
  const state = memory.get(root) || {};
  memory.set(root, state);
  if (state.id !== data.id) begin(root, state, data.id);
  state.data = data;
  state.send = (act) => setTriggerValue("act", act);
  takeOver(state, data);
  const act = actions(root, state);
  root.hidden = !data.turns.length;
  if (root.hidden) { clearInterval(state.clock); return undefined; }
  drawTurns(root, state, act);
  showWriting(root, data.writing);
  countUp(root, state);
  saveReceipt(state, data.receipt);
  state.off?.();
  const listening = new AbortController();
  state.off = () => listening.abort();
  root.addEventListener("keydown", (event) => keys(event, root, state, act), { signal: listening.signal });
  root.querySelector(".sheet").addEventListener("cancel", (event) => { event.preventDefault(); act.close(); }, { signal: listening.signal });
  root.querySelector(".sheet").addEventListener("click", (event) => { if (event.target === event.currentTarget) act.close(); }, { signal: listening.signal });
  window.addEventListener("resize", () => home(root, state), { signal: listening.signal });
  return state.off;
}

// Another conversation: nothing of the last one is shown, open or taken as heard.
function begin(root, state, id) {
  state.off?.();
  const sheet = root.querySelector(".sheet");
  if (sheet.open) sheet.close();
  root.querySelector(".talk").replaceChildren();
  Object.assign(state, { id, versions: new Map(), opener: null, turn: null, place: null, passage: null, panel: "list", shown: false, drawn: null, heard: "" });
}

function drawTurns(root, state, act) {
  const talk = root.querySelector(".talk");
  const known = new Set(state.data.turns.map((turn) => String(turn.id)));
  for (const node of [...talk.children]) if (!known.has(node.dataset.turn)) { node.remove(); state.versions.delete(Number(node.dataset.turn)); }
  let added = null;
  for (const turn of state.data.turns) {
    if (state.versions.get(turn.id) === turn.version) continue;
    const old = talk.querySelector(`:scope > [data-turn="${turn.id}"]`);
    const node = drawTurn(turn, act, state.data);
    if (old) { keepOpen(old, node); old.replaceWith(node); } else { talk.append(node); added = node; }
    state.versions.set(turn.id, turn.version);
  }
  const last = state.data.turns.at(-1);
  if (added || !state.turn || !known.has(String(state.turn.id))) Object.assign(state, { turn: last, panel: "list", place: null });
  else follow(state, state.data.turns.find((turn) => turn.id === state.turn.id));
  drawPanel(root, state, act);
  if (added && state.data.turns.length) bringUp(added, state.data.turns.length > 1);
  announce(root, state, last);
}

// The answer that the panel belongs to was drawn anew, such as when a model's text has settled: the panel stays at its place.
function follow(state, turn) {
  if (state.place && turn.version !== state.turn.version) state.place = placeAgain(turn, state.place);
  state.turn = turn;
}

// What is ticked and said is no part of a turn: the browser knows it at once, and nothing is drawn anew for it.
function takeOver(state, data) {
  state.ticked = new Set(data.ticked);
  state.said = { ...data.said };
}

function tick(root, state, turn, item, on) {
  state.ticked[on ? "add" : "delete"](`${turn.id}:${item}`);
  state.send({ do: "tick", number: turn.id, item, on });
  const node = root.querySelector(`.turn[data-turn="${turn.id}"] .course`);
  if (node) standing(node, turn, (name) => state.ticked.has(`${turn.id}:${name}`));
}

function keepOpen(old, node) {
  for (const name of ["why", "course", "correct", "corrected"]) if (old.querySelector(`details.${name}[open]`)) node.querySelector(`details.${name}`)?.setAttribute("open", "");
}

// Said again only where it says something else: an edited question or another reader stands in the same place.
function announce(root, state, last) {
  const told = last.fault || (last.answer ? last.answer.spoken : "");
  const key = `${last.id}|${told}`;
  if (state.heard === key) return;
  state.heard = key;
  root.querySelector(".live").textContent = told;
}

// A new question is brought to the top, so that its card is in sight; where the window is so low that the card would not be, the card is.
function bringUp(node, move) {
  const main = document.querySelector('[data-testid="stMain"]');
  const under = () => document.querySelector('[data-testid="stBottom"]')?.getBoundingClientRect().top ?? innerHeight;
  const go = () => {
    const card = node.querySelector(".card");
    if (!main || (!move && (!card || card.getBoundingClientRect().bottom <= under()))) return;
    const top = main.getBoundingClientRect().top + 56;
    const low = card && card.getBoundingClientRect().top - node.getBoundingClientRect().top + 140 > under() - top;
    main.scrollTo({ top: main.scrollTop + (low ? card : node).getBoundingClientRect().top - top, behavior: calm() ? "auto" : "smooth" });
  };
  requestAnimationFrame(() => requestAnimationFrame(go));
}

function actions(root, state) {
  const act = {
    say: (text, set) => state.send({ do: "say", text, set }),
    edit: (turn, text) => state.send({ do: "edit", number: turn.id, text }),
    again: (model) => state.send({ do: "again", model }),
    tick: (turn, item, on) => tick(root, state, turn, item, on),
    ticked: (turn, item) => state.ticked.has(`${turn.id}:${item}`),
    feedback: (turn, said) => { state.said[turn.id] = said; state.send({ do: "feedback", number: turn.id, ...said }); },
    receipt: (turn) => state.send({ do: "receipt", number: turn.id }),
    said: (turn) => state.said[turn.id],
    kept: () => state.data.kept,
    models: () => state.data.models,
    actions: () => state.data.actions,
    open: (turn, stop, opener) => show("stop", turn, placeAt(turn, stop), opener, null),
    list: (turn, opener) => show("list", turn, null, opener, null),
    read: (turn, opener, passage) => show("read", turn, null, opener, passage || null),
    rests: (turn, passage) => rests(root, state, act, turn, passage),
    sentence: (turn, number) => { if (narrow(root)) act.close(); reveal(root, turn, number)?.querySelector(".cite")?.focus({ preventScroll: true }); },
    close: () => close(root, state, act),
  };
  const show = (panel, turn, place, opener, passage) => {
    if (opener && !opener.closest(".panel")) state.opener = opener;
    Object.assign(state, { panel, turn, place, passage, shown: true });
    drawPanel(root, state, act);
    root.querySelector(".panel h2").focus({ preventScroll: true });
  };
  return act;
}

// A sentence of the article was pressed: what rests on it in the answer is lit and brought into sight.
function rests(root, state, act, turn, passage) {
  const stop = turn.answer.stops.findIndex((s) => s.passage === passage);
  if (state.place?.stop.passage !== passage) act.open(turn, stop, null);
  reveal(root, turn, turn.answer.stops[stop].sentence);
}

function reveal(root, turn, number) {
  const node = root.querySelector(`.turn[data-turn="${turn.id}"] .sentence[data-number="${number}"]`);
  node?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  return node;
}

function close(root, state, act) {
  // Where the answer was drawn anew meanwhile, the marker that was pressed is gone, and another one stands for the same place.
  const mine = root.querySelector(`.turn[data-turn="${state.turn?.id}"]`);
  const likely = [`.cite[data-stop="${state.place?.index}"]`, `.sentence[data-number="${state.place?.stop.sentence}"] .cite`, ".cite"];
  const back = state.opener?.isConnected ? state.opener : state.opener && likely.map((one) => mine?.querySelector(one)).find(Boolean);
  Object.assign(state, { panel: "list", place: null, shown: false });
  drawPanel(root, state, act);
  state.opener = null;
  if (back) back.focus({ preventScroll: false });
}

function drawPanel(root, state, act) {
  const panel = root.querySelector(".panel");
  const { turn, data } = state;
  const has = Boolean(turn && turn.answer);
  if (state.panel === "stop" && !has) Object.assign(state, { panel: "list", place: null });
  const shown = [turn?.id, state.panel, state.place?.stop.passage, state.place?.stop.start, state.passage].join("|");
  const drawn = [shown, turn?.version, state.place?.index].join("|");
  if (drawn === state.drawn) { home(root, state); return; }
  state.drawn = drawn;
  const content = state.panel === "stop" ? drawStop(turn, state.place, data, act)
    : state.panel === "read" ? [el("div", { class: "panel-head" }, el("div", {}, el("h2", { tabindex: "-1" }, has && state.passage && drawElsewhere(turn, data, state.passage) ? "Found by search" : "The whole article"), el("p", { class: "where" }, data.article.title)), closer(act)), (has && drawElsewhere(turn, data, state.passage)) || drawArticle(has ? turn : null, data, act, null, state.passage)]
    : drawList(has ? turn : null, data, act);
  const had = panel.contains(root.getRootNode().activeElement);
  const scrolled = state.shownPlace === shown ? panel.querySelector(".article")?.scrollTop : undefined;
  state.shownPlace = shown;
  panel.replaceChildren(...content);
  panel.dataset.panel = state.panel;
  if (had) panel.querySelector("h2").focus({ preventScroll: true });
  light(root, state);
  home(root, state);
  if (scrolled === undefined) centre(panel);
  else if (panel.querySelector(".article")) panel.querySelector(".article").scrollTop = scrolled;
}

// Which markers are open and which sentences of the answer rest on the passage that is shown.
function light(root, state) {
  root.querySelectorAll(".cite").forEach((b) => b.setAttribute("aria-expanded", "false"));
  root.querySelectorAll(".sentence.lit").forEach((s) => s.classList.remove("lit"));
  if (state.panel !== "stop") return;
  const { index, stop: open } = state.place;
  const here = root.querySelector(`.turn[data-turn="${state.turn.id}"]`);
  here?.querySelector(`.cite[data-stop="${index}"]`)?.setAttribute("aria-expanded", "true");
  for (const stop of state.turn.answer.stops.filter((s) => s.passage === open.passage)) here?.querySelector(`.sentence[data-number="${stop.sentence}"]`)?.classList.add("lit");
}

// Where there is room the panel stands beside the answer; otherwise it is a dialog over it.
function home(root, state) {
  const panel = root.querySelector(".panel");
  const sheet = root.querySelector(".sheet");
  const rail = root.querySelector(".rail");
  const small = narrow(root);
  root.classList.toggle("narrow", small);
  const place = small ? sheet : rail;
  if (panel.parentElement !== place) place.append(panel);
  const wanted = small && Boolean(state.shown);
  if (wanted && !sheet.open) sheet.showModal();
  if (!wanted && sheet.open) sheet.close();
}

function centre(panel) {
  const text = panel.querySelector(".article");
  const mark = text?.querySelector("mark");
  if (mark) text.scrollTop += mark.getBoundingClientRect().top - text.getBoundingClientRect().top - Math.max(text.clientHeight / 2 - 60, 24);
}

function keys(event, root, state, act) {
  if (event.key === "Escape" && state.shown) { event.preventDefault(); act.close(); return; }
  const inside = root.querySelector(".panel").contains(event.composedPath()[0]);
  if (!inside || state.panel !== "stop" || event.altKey || event.ctrlKey || event.metaKey) return;
  const by = { ArrowRight: 1, n: 1, ArrowLeft: -1, p: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const to = nextPlace(state.turn, state.place, by);
  if (to !== null) act.open(state.turn, to, null);
}
