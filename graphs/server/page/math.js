/* Formulas as MathML, which the browser itself draws and reads aloud. Temml makes it, and is loaded once a formula is there. */

import { el } from "./dom.js";

const BLOCK = /^(?:\$\$([^$]+)\$\$|\\\[([\s\S]+?)\\\])[ \t]*(?:\n+|$)/;
const INLINE = /^(?:\$\$([^$\n]+)\$\$|\$(?=\S)([^$\n]*[^\s$\\])\$(?![\d$])|\\\(([^\n]+?)\\\))/;
const FORMULA = /[\\^_={}<>+]|^[A-Za-z]$/; // "$5, or US$" are two prices
const MARKED = /[\ue000\ue001]/; // the signs around a quote are in it
const LONGEST = 5_000;
const STRICT = { throwOnError: true, trust: false, maxSize: [20, 20], maxExpand: 200 }; // no links, no classes of its own, nothing larger than a page

/** What marked has to know to read formulas: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` apart. */
export const formulas = [
  { name: "formulaBlock", level: "block", start: (text) => /(?<=\n)(?:\$\$|\\\[)/.exec(text)?.index, tokenizer: (text) => read("formulaBlock", BLOCK.exec(text)) },
  { name: "formula", level: "inline", start: (text) => /\$|\\\(/.exec(text)?.index, tokenizer: (text) => read("formula", INLINE.exec(text)) },
];

function read(type, found) {
  const tex = found?.slice(1).find((one) => one !== undefined)?.trim();
  return tex && FORMULA.test(tex) ? { type, raw: found[0], tex, apart: type === "formulaBlock" || found[0].startsWith("$$") } : undefined;
}

/** A formula: as it was written, until it is drawn. What can't be read stays as it was written. */
export function formula({ raw, tex, apart }) {
  const node = el(apart ? "div" : "span", { class: "formula", ...(apart ? { tabindex: "0", role: "group" } : {}) }, raw.trim());
  if (!MARKED.test(tex) && tex.length <= LONGEST) draw(node, tex, apart);
  return node;
}

async function draw(node, tex, displayMode) {
  try {
    const { default: temml } = await import("./vendor/temml.js");
    const made = document.createElement("span");
    temml.render(tex, made, { ...STRICT, displayMode });
    node.replaceChildren(...made.childNodes);
  } catch {
    node.classList.add("unread"); // plain is readable, too
  }
}
