/* Elements from data. Text only ever becomes a text node, so nothing that a document or a model says is markup. */

const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text without control characters and those that turn the direction of writing round. */
export const clean = (text) => String(text ?? "").replace(UNSEEN, "");

/** An element. `options`: properties, `class`, `data`, `aria`, `on` (event -> function); the rest are attributes. */
export function el(name, options = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "on") for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "aria") for (const [what, said] of Object.entries(value)) node.setAttribute(`aria-${what}`, said);
    else node.setAttribute(key, value === true ? "" : clean(value));
  }
  node.append(...parts(children));
  return node;
}

/** Put other children in the place of those that a node has. */
export const fill = (node, ...children) => {
  node.replaceChildren(...parts(children));
  return node;
};

const parts = (children) =>
  children
    .flat(3)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(clean(child))));

/** A link if the address is a web address; else its label alone. */
export function link(label, address, options = {}) {
  if (!isWeb(address)) return el("span", options, label);
  return el("a", { ...options, href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function isWeb(address) {
  try {
    return ["http:", "https:"].includes(new URL(String(address)).protocol);
  } catch {
    return false;
  }
}

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  menu: ["M4 7h16", "M4 12h16", "M4 17h10"],
  plus: ["M12 5v14", "M5 12h14"],
  send: ["M12 19V5", "M6 11l6-6 6 6"],
  stop: ["M8 8h8v8H8z"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  heart: ["M12 19.5S4.5 15 4.5 9.6A3.9 3.9 0 0 1 12 7.9a3.9 3.9 0 0 1 7.5 1.7c0 5.4-7.5 9.9-7.5 9.9z"],
  never: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M6.5 6.5l11 11"],
  swap: ["M4 9h13", "M14 5.5L17.5 9 14 12.5", "M20 15.5H7", "M10 12l-3.5 3.5L10 19"],
  picture: ["M4.5 6h15v12.5h-15z", "M5 16l4.5-4.5 3.5 3.5 2.5-2.5 4 4", "M15.6 9.6h.01"],
  camera: ["M4.5 8h3.2l1.5-2.2h5.6L16.3 8h3.2v10.5h-15z", "M12 10.2a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8z"],
  person: ["M12 12a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2z", "M5 19.5c.8-3.4 3.5-5 7-5s6.2 1.6 7 5"],
  book: ["M5 5.5h5.5A1.5 1.5 0 0 1 12 7v12a1.5 1.5 0 0 0-1.5-1.5H5z", "M19 5.5h-5.5A1.5 1.5 0 0 0 12 7v12a1.5 1.5 0 0 1 1.5-1.5H19z"],
  bin: ["M5 7.5h14", "M9.5 7V5h5v2", "M7 7.5l.8 11.5h8.4L17 7.5"],
  globe: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M4 12h16", "M12 4c5 4.5 5 11.5 0 16-5-4.5-5-11.5 0-16z"],
  hanger: ["M12 10V8.6a1.9 1.9 0 1 0-1.9-1.9", "M12 10l8.2 5.6c.9.7.5 1.9-.6 1.9H4.4c-1.1 0-1.5-1.2-.6-1.9z"],
  chat: ["M5 6h14v10.5h-7L8 19.5v-3H5z"],
  light: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 3.5v1.7", "M12 18.8v1.7", "M3.5 12h1.7", "M18.8 12h1.7", "M6 6l1.2 1.2", "M16.8 16.8L18 18", "M6 18l1.2-1.2", "M16.8 7.2L18 6"],
  dark: ["M19 14.5A7.6 7.6 0 0 1 9.5 5 7.6 7.6 0 1 0 19 14.5z"],
  auto: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 4v16", "M12 7.5h4.5", "M12 12h7.5", "M12 16.5h4.5"],
  again: ["M19 12a7 7 0 1 1-2.2-5.1", "M19 4.5v4h-4"],
  note: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 11v5", "M12 8h.01"],
  quote: ["M7 16.5c2-1 3-2.5 3-5.5H6V7h4v4", "M15 16.5c2-1 3-2.5 3-5.5h-4V7h4v4"],
  end: ["M12 5v14", "M6 13l6 6 6-6"],
  copy: ["M9 9h10v10H9z", "M15 9V5H5v10h4"],
  edit: ["M5 19l.8-3.6L16 5.2l2.8 2.8L8.6 18.2z", "M14 7.2l2.8 2.8"],
  more: ["M6 12h.01", "M12 12h.01", "M18 12h.01"],
  keys: ["M4 7h16v10H4z", "M7.5 10.5h.01", "M12 10.5h.01", "M16.5 10.5h.01", "M8.5 14h7"],
  search: ["M11 5.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z", "M15 15l4.5 4.5"],
  thumb: ["M7.5 11l4-6.5c1.4 0 2.2 1 2 2.3L13 10h5c1 0 1.7.9 1.5 1.9l-1.2 5.6c-.2.9-.9 1.5-1.8 1.5h-9z", "M7.5 11H4.5v8h3"],
  thumbDown: ["M16.5 13l-4 6.5c-1.4 0-2.2-1-2-2.3l.5-3.2H6c-1 0-1.7-.9-1.5-1.9l1.2-5.6C5.9 5.6 6.6 5 7.5 5h9z", "M16.5 13h3V5h-3"],
  pin: ["M9 4h6l-1 6 3 3.5H7L10 10z", "M12 13.5V20"],
  voice: ["M12 4a2.6 2.6 0 0 0-2.6 2.6v5a2.6 2.6 0 0 0 5.2 0v-5A2.6 2.6 0 0 0 12 4z", "M6.5 11.5a5.5 5.5 0 0 0 11 0", "M12 17v3"],
  gauge: ["M5 18a8 8 0 1 1 14 0", "M12 15l4-5"],
  chart: ["M5 19.5h14", "M7.5 16v-4", "M12 16V6", "M16.5 16v-7"],
  share: ["M12 14.5V4.5", "M8.5 8L12 4.5 15.5 8", "M6 12v7.5h12V12"],
  leave: ["M10 5H5v14h5", "M9.5 12H20", "M16 8l4 4-4 4"],
  down: ["M6.5 9.5L12 15l5.5-5.5"],
  before: ["M14.5 6.5L9 12l5.5 5.5"],
  after: ["M9.5 6.5L15 12l-5.5 5.5"],
};

/** A drawn sign; it says nothing to a screen reader, what it stands beside does. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

/** A button with a sign and a label; `quiet`: the label is for screen readers and the pointer only. */
export function button(label, run, { sign = null, quiet = false, ...options } = {}) {
  const shown = quiet ? el("span", { class: "unseen" }, label) : el("span", {}, label);
  return el("button", { type: "button", title: quiet ? label : null, ...options, on: { click: run } }, sign && icon(sign), shown);
}

/** A short random id. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
