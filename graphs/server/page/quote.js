/* A citation, opened: its quote, highlighted in the text of its document. */

import { copy } from "./copy.js";
import { button, clean, el, icon, isWeb, link } from "./dom.js";
import { openDialog } from "./dialog.js";
import { linksOf, markdown } from "./markdown.js";
import { t } from "./words.js";

/** Open the n-th citation of a reply. */
export function openQuote(reply, number) {
  const cited = reply.citations[number - 1];
  const own = reply.evidence.find((found) => found.id === cited.evidence);
  const { close, node } = openDialog(cited.title, "quote",
    el("p", { class: "where" }, where(cited, own)),
    own ? el("div", { class: "document", lang: own.data?.language ?? null, tabindex: "0", role: "region", aria: { label: t("quoteIn") } }, passages(reply, own, cited))
      : el("blockquote", {}, highlight(cited.quote)),
    !own && el("p", { class: "quiet" }, t(reply.quotesOnly ? "quotesOnly" : "gone")),
    el("div", { class: "actions" },
      button(t("copyQuote"), () => copy(cited.quote), { sign: "copy", class: "soft" }),
      isWeb(cited.url) && link([icon("globe"), t("openSource")], address(cited.url, own), { class: "soft button" })));
  node.querySelector("mark").scrollIntoView({ block: "center" });
  return { close, node };
}

/** Everything that was read of the same document, in its order, with the quote marked. */
function passages(reply, own, cited) {
  const document = (found) => found.data?.document ?? found.url ?? found.title;
  const start = (found) => found.locator?.start ?? 0;
  const linked = linksOf(reply.evidence);
  const same = reply.evidence
    .filter((found) => found.route === own.route && document(found) === document(own))
    .sort((one, other) => start(one) - start(other));
  return same.map((found, place) => [
    place > 0 && start(found) > (same[place - 1].locator?.end ?? 0) + 4 && el("p", { class: "gap", aria: { hidden: "true" } }, "⋯"),
    el("div", { class: `passage text${found === own ? " own" : ""}` }, found === own ? marked(found.text, cited, linked) : markdown(found.text, { linked })),
  ]);
}

const FROM = "\ue000"; // in the text only while it is read: no document is written with them
const TO = "\ue001";
const OPENING = /^(?:\s|#{1,6}\s|[-*+]\s|\d+[.)]\s|>|\||```.*\n)*/;
const CLOSING = /(?:\s|\||```)*$/;

/** A passage as elements, the quote in it in `mark`s; the passage as it stands where Markdown leaves no place for them. */
function marked(text, { quote, start, end }, linked) {
  const at = text.slice(start, end) === quote ? start : text.indexOf(quote);
  if (at < 0) return [markdown(text, { linked }), el("p", {}, highlight(quote))];
  const from = at + (at === 0 || text[at - 1] === "\n" ? OPENING.exec(quote)[0].length : 0);
  const to = at + quote.length - CLOSING.exec(quote)[0].length;
  const made = el("div", {}, markdown(text.slice(0, from) + FROM + text.slice(from, to) + TO + text.slice(to), { linked: (address) => linked(bare(address)) }));
  const whole = made.textContent;
  if (from >= to || whole.split(FROM).length !== 2 || whole.split(TO).length !== 2) return [text.slice(0, at), highlight(quote), text.slice(at + quote.length)];
  for (const anchor of made.querySelectorAll("a")) anchor.href = bare(anchor.getAttribute("href"));
  return [...between(made).childNodes];
}

const bare = (address) => decodeURI(address).replaceAll(FROM, "").replaceAll(TO, "");
const highlight = (text) => el("mark", { tabindex: "-1" }, text);

/** Put `mark`s around all text between the signs, and take them out. */
function between(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  let inside = false;
  for (const node of texts) {
    const parts = node.data.split(/([\ue000\ue001])/).map((part) => {
      if (part === FROM || part === TO) inside = part === FROM;
      else return inside && part.trim() ? highlight(part) : part;
      return "";
    });
    node.replaceWith(...parts.filter(Boolean));
  }
  return root;
}

function where(cited, own) {
  const { heading, page, seconds, pointer } = own?.locator ?? {};
  const name = isWeb(cited.url) ? new URL(cited.url).hostname : (clean(cited.url ?? "").split(/[\\/]/).pop() ?? "");
  const time = typeof seconds === "number" ? `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}` : null;
  return [name, heading, page && t("page", { n: page }), time, pointer].filter(Boolean).join(" · ");
}

/** The address of the page with the page or the second in it. */
function address(url, own) {
  const { page, seconds } = own?.locator ?? {};
  const to = new URL(url);
  if (page && !to.hash) to.hash = `page=${page}`;
  if (typeof seconds === "number" && /youtu/.test(to.hostname)) to.searchParams.set("t", `${Math.floor(seconds)}s`);
  return to.href;
}
