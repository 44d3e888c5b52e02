// The way of a case, with what is ticked on it. What is ticked goes into the chart note and the exports.

function drawCourse(turn, act) {
  const stages = turn.answer.course;
  if (!stages.length) return "";
  const list = el("ol", { class: "stages" }, stages.map((stage) => el("li", { "data-stage": stage.id },
    el("span", { class: "dot", "aria-hidden": "true" }, icon("check", 14)), el("span", { class: "stage" }, stage.name, el("span", { class: "sr state" })),
    stage.items.length ? el("ul", {}, stage.items.map((item) => el("li", {}, drawTick(turn, item, act)))) : el("p", { class: "past" }, "Done"))));
  const node = el("section", { class: "course", "aria-label": "The way of this case" }, el("h3", {}, "The way of this case"), list);
  standing(node, turn, (item) => act.ticked(turn, item));
  return node;
}

function drawTick(turn, item, act) {
  const box = el("input", { type: "checkbox", "data-item": item.id, onchange: () => act.tick(turn, item.id, box.checked) });
  box.checked = act.ticked(turn, item.id);
  return el("label", {}, box, el("span", {}, item.text));
}

// A stage is over when all of it is ticked; the first that is not is where the case stands.
function standing(node, turn, ticked) {
  let open = false;
  for (const stage of turn.answer.course) {
    const over = stage.past || stage.items.every((item) => ticked(item.id));
    const state = over ? "over" : open ? "ahead" : "here";
    open = open || !over;
    const place = node.querySelector(`[data-stage="${stage.id}"]`);
    place.dataset.state = state;
    place.querySelector(".state").textContent = { over: ", done", here: ", now", ahead: ", later" }[state];
    if (state === "here") place.setAttribute("aria-current", "step"); else place.removeAttribute("aria-current");
  }
}
