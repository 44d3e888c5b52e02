// The model's draft: its checked sentences while it is being written, and afterwards what was struck and inserted, with reasons.

function showWriting(root, writing) {
  const node = writing && root.querySelector(`.turn[data-turn="${writing.turn}"]`);
  const old = root.querySelector(".writing");
  if (old && old.closest(".turn") !== node) old.remove();
  if (!node || !writing.text) return;
  let box = node.querySelector(".writing");
  if (!box) {
    box = el("section", { class: "writing", "aria-label": `Being written by ${writing.by}` }, el("h3", {}, `${writing.by} is writing; each sentence is shown after its check`), el("div", { class: "so-far" }));
    node.querySelector(".prose").after(box);
  }
  box.querySelector(".so-far").replaceChildren(...writing.text.replaceAll("**", "").split(/\n\s*\n/).map((part) => el("p", {}, part)));
}

// How long the last answer has been waited for. It counts here, since the server has nothing to say meanwhile; nobody who hears the page hears it tick.
function countUp(root, state) {
  const last = state.data.turns.at(-1);
  clearInterval(state.clock);
  if (!last?.waiting) { state.since = null; return; }
  if (state.since?.turn !== last.id) state.since = { turn: last.id, at: performance.now() };
  const show = () => {
    const place = root.querySelector(`.turn[data-turn="${last.id}"] .elapsed`);
    const seconds = Math.floor((performance.now() - state.since.at) / 1000);
    if (place && seconds) place.textContent = ` ${seconds} s so far.`;
  };
  show();
  state.clock = setInterval(show, calm() ? 5000 : 1000);
}

function drawCorrected(turn) {
  const draft = turn.answer.corrected;
  if (!draft) return "";
  const changed = draft.reasons.length + draft.strays.length;
  const told = draft.replaced ? "replaced whole" : changed ? `${changed} ${changed === 1 ? "reason" : "reasons"} for a change` : "nothing was changed";
  const script = el("p", { class: "script" });
  for (const edit of draft.edits) script.append(...drawEdit(edit, script));
  const body = el("div", { class: "body" }, el("p", { class: "hint" }, "Struck: not shown to you as the answer. Underlined: put in by the check, from the rules' own words."), script);
  if (draft.reasons.length) body.append(el("ol", { class: "reasons" }, draft.reasons.map((r) => el("li", {}, r.why, r.rule ? el("span", { class: "rule" }, ` Rule ${r.rule}${r.says ? `: ${r.says}` : "."}`) : null))));
  if (draft.strays.length) body.append(el("p", { class: "hint" }, `Markers that the model was not given, and that were dropped: ${draft.strays.join(" ")}`));
  return el("details", { class: "corrected" }, el("summary", {}, `What ${draft.model || "the model"} wrote: ${told}`), body);
}

function drawEdit(edit, script) {
  const lead = edit.part || !script.hasChildNodes() ? "" : /^\s*(?:[-*#|]|\d+\.)/.test(edit.text) ? "\n" : " ";
  const text = edit.text.replaceAll("**", "");
  const number = edit.reason ? el("sup", {}, String(edit.reason)) : null;
  if (edit.kind === "kept") return [lead, text];
  const tag = edit.kind === "struck" ? "del" : "ins";
  return [lead, el(tag, {}, el("span", { class: "sr" }, edit.kind === "struck" ? "struck: " : "inserted: "), text), number].filter((one) => one !== null);
}

// A receipt comes with the data once it was asked for; each press saves one file.
function saveReceipt(state, receipt) {
  if (!receipt || receipt.times === state.receipts) return;
  state.receipts = receipt.times;
  const link = el("a", { href: URL.createObjectURL(new Blob([receipt.text], { type: "application/json" })), download: receipt.name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
