/* The little Markdown that answers use, as elements: paragraphs, lists, **bold**, `code`, [n]. Never HTML. */

import { el, link } from "./dom.js";

const LISTED = /^\s*(?:[-*•]|\d+[.)])\s+/;
const NUMBERED = /^\s*\d+[.)]\s+/;
const HEADING = /^#{1,4}\s+/;
const INLINE = /\*\*([^*\n]+)\*\*|`([^`\n]+)`|\[(\d{1,3})\]|(https?:\/\/[^\s<>"'`\])]+)/g;

/** Give the elements of a text; `cite(n)` gives what stands for the n-th citation, or null. */
export function markup(text, cite = () => null) {
  const blocks = [];
  let list = null;
  for (const line of String(text ?? "").split("\n")) {
    if (LISTED.test(line)) {
      const kind = NUMBERED.test(line) ? "ol" : "ul";
      if (list?.localName !== kind) blocks.push((list = el(kind, kind === "ol" ? { start: parseInt(line, 10) || 1 } : {})));
      list.append(el("li", {}, inline(line.replace(LISTED, ""), cite)));
      continue;
    }
    list = null;
    if (!line.trim()) continue;
    const heading = HEADING.test(line);
    blocks.push(el("p", heading ? { class: "strong" } : {}, inline(line.replace(HEADING, ""), cite)));
  }
  return blocks;
}

function inline(text, cite) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [whole, bold, code, citation, address] = match;
    if (bold) parts.push(el("strong", {}, bold));
    else if (code) parts.push(el("code", {}, code));
    else if (citation) parts.push(cite(Number(citation)) ?? whole);
    else parts.push(link(address, address));
  }
  return [...parts, text.slice(at)];
}

/** Whether a line only lists an item that is shown as a card below. */
export const withoutCards = (text, items) =>
  text
    .split("\n")
    .filter((line) => !(NUMBERED.test(line) && items.some((item) => line.includes(item.name))))
    .join("\n");
