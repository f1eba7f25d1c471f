/* Markdown as elements. `marked` reads it into tokens; HTML in it stays the text that it is, and is never parsed. */

import { copyButton } from "./copy.js";
import { clean, el, isWeb, link } from "./dom.js";
import { formula, formulas } from "./math.js";
import { t } from "./words.js";
import { Marked } from "./vendor/marked.js";

const CITATION = /\[(\d{1,3})\]/g;
const ADDRESS = /https?:\/\/[^\s)>\[\]"'”’」<]+/g;
const TRAILING = /[.,;:!?。]+$/;
const NUMBERED = /^\s*\d+[.)]\s+/;
const LARGEST_NUMBER = 999; // "2026. 3. 1." is a date, no list

const reader = new Marked({ gfm: true, breaks: true });
reader.use({
  extensions: [...formulas, { name: "strong", level: "inline", start: (text) => text.indexOf("**"), tokenizer: strong }],
  tokenizer: {
    def: () => undefined, // "[1]: ..." is said of a citation
    del: (text) => (text.startsWith("~~") ? false : undefined), // "5~10, 20~30" is two ranges
  },
});

/** `**bold**` also where a Korean particle follows a quotation mark, which CommonMark does not take for bold. */
function strong(text) {
  const found = /^\*\*(?=[^\s*])([^*\n]*[^\s*])\*\*/.exec(text);
  return found ? { type: "strong", raw: found[0], text: found[1], tokens: this.lexer.inlineTokens(found[1]) } : undefined;
}

/** Give the elements of a text. `cite(n)` gives what stands for the n-th citation, or null; `linked(address)`: whether it may be a link. */
export function markdown(text, { cite = () => null, linked = () => false } = {}) {
  return blocks(reader.lexer(clean(text)), { cite, linked });
}

const blocks = (tokens, how) => tokens.map((token) => block(token, how));

function block(token, how) {
  const make = BLOCKS[token.type];
  return make ? make(token, how) : el("p", {}, token.tokens ? inline(token.tokens, how) : token.raw.trim());
}

const BLOCKS = {
  space: () => null,
  hr: () => el("hr"),
  heading: (token, how) => el("h3", { class: `heading depth-${token.depth}` }, inline(token.tokens, how)),
  blockquote: (token, how) => el("blockquote", {}, blocks(token.tokens, how)),
  code: (token) => code(token),
  formulaBlock: formula,
  table: (token, how) => table(token, how),
  list: (token, how) => (token.start > LARGEST_NUMBER ? el("p", {}, token.raw.trim()) : list(token, how)),
  text: (token, how) => inline(token.tokens ?? [token], how),
};

const list = (token, how) =>
  el(token.ordered ? "ol" : "ul", { start: token.ordered && token.start !== 1 ? token.start : null },
    token.items.map((item) => el("li", {}, item.task && (item.checked ? "☑ " : "☐ "), blocks(item.tokens, how))));

function code({ text, lang }) {
  const name = (lang ?? "").split(/\s/)[0].slice(0, 20);
  const shown = el("code", {}, text);
  if (name) import("./highlight.js").then(({ highlight }) => highlight(shown, text, name.toLowerCase())).catch(() => {}); // plain is readable, too
  return el("figure", { class: "code" },
    el("figcaption", {}, el("span", {}, name), copyButton(t("copyCode"), () => text)),
    el("pre", { tabindex: "0", role: "group", aria: { label: t("code") } }, shown));
}

function table({ header, rows }, how) {
  const cell = (kind, { tokens, align }, scope = null) => el(kind, { scope, class: align ? `to-${align}` : null }, inline(tokens, how));
  return el("div", { class: "table", tabindex: "0", role: "group", aria: { label: t("table") } },
    el("table", {},
      el("thead", {}, el("tr", {}, header.map((one) => cell("th", one, "col")))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((one) => cell("td", one)))))));
}

const inline = (tokens, how) => tokens.flatMap((token) => (INLINE[token.type] ?? plain)(token, how));

const INLINE = {
  text: (token, how) => (token.tokens ? inline(token.tokens, how) : cited(token.text, how)),
  strong: (token, how) => el("strong", {}, inline(token.tokens, how)),
  em: (token, how) => el("em", {}, inline(token.tokens, how)),
  del: (token, how) => el("del", {}, inline(token.tokens, how)),
  codespan: (token) => el("code", {}, token.text),
  formula,
  br: () => el("br"),
  escape: (token) => token.text,
  link: (token, how) => (isWeb(token.href) && how.linked(token.href) ? link(inline(token.tokens, how), token.href) : inline(token.tokens, how)),
  image: (token) => token.text,
};

const plain = (token) => token.raw;

function cited(text, { cite }) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(CITATION)) {
    parts.push(text.slice(at, match.index), cite(Number(match[1])) ?? match[0]);
    at = match.index + match[0].length;
  }
  return [...parts, text.slice(at)];
}

/** Give what tells whether an address is one that evidence stands at or names. */
export function linksOf(evidence) {
  const known = new Set(evidence.flatMap((found) => [found.url, ...(found.text.match(ADDRESS) ?? []).map((one) => one.replace(TRAILING, ""))]));
  return (address) => known.has(address);
}

/** Whether a line only lists an item that is shown as a card below. */
export const withoutCards = (text, items) =>
  text
    .split("\n")
    .filter((line) => !(NUMBERED.test(line) && items.some((item) => line.includes(item.name))))
    .join("\n");
