// What can be done with an answer: take it along, have it explained anew, say whether it was right.

function drawDeeds(turn, act) {
  const said = el("span", { class: "done", role: "status" });
  const copy = el("button", { type: "button", class: "plain", onclick: async () => { said.textContent = (await copied(noteText(turn, act))) ? "Copied" : "The browser did not allow it"; } }, "Copy as chart note");
  const print = el("button", { type: "button", class: "plain", onclick: () => window.print() }, "Print");
  const save = turn.answer.receipt ? el("button", { type: "button", class: "plain", title: "One file with question, decision, passages, draft and findings; python -m assistant replay FILE gives the same answer or says what differs", onclick: () => act.receipt(turn) }, "Save receipt") : null;
  const row = el("div", { class: "row" }, copy, print, ...(save ? [save] : []));
  if (turn.last && !turn.answer.plain && act.models().length) row.append(drawAgain(act));
  return el("footer", { class: "deeds" }, row, said, drawFeedback(turn, act));
}

function noteText(turn, act) {
  return turn.answer.note.map((line) => (typeof line === "string" ? line : `[${act.ticked(turn, line.id) ? "x" : " "}] ${line.text}`)).join("\n");
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = el("textarea", { "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

function drawAgain(act) {
  // A choice sends nothing by itself: by keyboard a reader passes over every name on the way to one.
  const choose = el("select", { "aria-label": "Who explains it" }, act.models().map((name) => el("option", { value: name }, name || "the rules alone")));
  return el("form", { class: "row again", onsubmit: (event) => { event.preventDefault(); act.again(choose.value); } }, choose, el("button", { type: "submit", class: "plain" }, "Explain it again"));
}

function drawFeedback(turn, act) {
  const box = el("div", { class: "feedback", role: "group", "aria-label": "Was this answer right?" }, el("span", { class: "soft" }, "Was it right?"));
  const buttons = [["right", "Right"], ["wrong", "Wrong"], ["unsafe", "Unsafe"]].map(([name, label]) =>
    el("button", { type: "button", class: "verdict", "data-verdict": name, "aria-pressed": "false", onclick: () => openForm(name) }, label));
  box.append(...buttons);
  const press = () => buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.verdict === act.said(turn)?.verdict)));
  const openForm = (verdict) => {
    box.querySelector("form")?.remove();
    const form = feedbackForm(turn, verdict, act, () => { form.remove(); press(); box.querySelector(".thanks").textContent = act.kept() ? "Noted, with this answer's receipt." : "Not kept: nothing is kept here. It is lost when the page is closed."; buttons.find((b) => b.dataset.verdict === verdict).focus(); });
    box.append(form);
    form.querySelector("textarea").focus();
  };
  box.append(el("span", { class: "thanks soft", role: "status" }));
  press();
  return box;
}

function feedbackForm(turn, verdict, act, after) {
  const before = act.said(turn);
  const comment = el("textarea", { rows: "2", "aria-label": "Comment", placeholder: verdict === "right" ? "A comment, if you like" : "What is wrong with it?" });
  comment.value = before?.verdict === verdict ? before.comment : "";
  const expected = el("select", { "aria-label": "What would have been right" }, el("option", { value: "" }, "What would have been right?"), act.actions().map(([value, word]) => el("option", { value }, word)));
  const save = (event) => {
    event.preventDefault();
    act.feedback(turn, { verdict, comment: comment.value, expected: verdict === "right" ? "" : expected.value });
    after();
  };
  return el("form", { onsubmit: save }, comment, verdict === "right" ? null : expected, el("button", { type: "submit", class: "answer" }, `Note it as ${verdict}`));
}
