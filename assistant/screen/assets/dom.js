// Small helpers. Everything that a document, a reader or a model wrote goes in through textContent.
const SVG = "http://www.w3.org/2000/svg";

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

// Signs are drawn, so that they look the same everywhere and need no font. Each differs in shape, not in colour alone.
const ICONS = {
  pause: ["M8 6v12", "M16 6v12"],
  play: ["M8 5.5v13l10.5-6.5z"],
  scales: ["M12 4v16", "M7 20h10", "M5 8h14", "M5 8l-2.5 6h5z", "M19 8l-2.5 6h5z"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  book: ["M12 6.5C10 5 7 4.7 4 5v13c3-.3 6 0 8 1.5 2-1.5 5-1.8 8-1.5V5c-3-.3-6 0-8 1.5z", "M12 6.5v13"],
  none: ["M5.5 12h13"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  back: ["M14.5 5.5L8 12l6.5 6.5"],
  next: ["M9.5 5.5L16 12l-6.5 6.5"],
  pen: ["M4 20l1-4L16 5l3 3L8 19z", "M13.5 7.5l3 3"],
  phone: ["M7 4h3l1.5 4-2 1.5a11 11 0 0 0 5 5l1.5-2 4 1.5v3a2 2 0 0 1-2 2A15 15 0 0 1 5 6a2 2 0 0 1 2-2z"],
};

function icon(name, size = 24) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: `icon sign-${name}` })) svg.setAttribute(key, value);
  for (const d of ICONS[name] || []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const narrow = (root) => root.getBoundingClientRect().width < 960;
