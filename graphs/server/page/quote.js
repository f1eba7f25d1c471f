/* A citation, opened: its quote, highlighted in the text of its document. */

import { clean, el, icon, isWeb, link } from "./dom.js";
import { openDialog } from "./dialog.js";
import { t } from "./words.js";

/** Open the n-th citation of a reply. */
export function openQuote(reply, number) {
  const cited = reply.citations[number - 1];
  const own = reply.evidence.find((found) => found.id === cited.evidence);
  const mark = el("mark", { tabindex: "-1" }, cited.quote);
  const { close, node } = openDialog(cited.title, "quote",
    el("p", { class: "where" }, where(cited, own)),
    own ? el("div", { class: "document", lang: own.data?.language ?? null, tabindex: "0", role: "region", aria: { label: t("quoteIn") } }, passages(reply, own, cited, mark))
      : el("blockquote", {}, mark),
    !own && el("p", { class: "quiet" }, t("gone")),
    isWeb(cited.url) && el("p", {}, link([icon("globe"), t("openSource")], address(cited.url, own), { class: "soft button" })));
  mark.scrollIntoView({ block: "center" });
  return { close, node };
}

/** Everything that was read of the same document, in its order, with the quote marked. */
function passages(reply, own, cited, mark) {
  const document = (found) => found.data?.document ?? found.url ?? found.title;
  const start = (found) => found.locator?.start ?? 0;
  const same = reply.evidence
    .filter((found) => found.route === own.route && document(found) === document(own))
    .sort((one, other) => start(one) - start(other));
  return same.map((found, place) => [
    place > 0 && start(found) > (same[place - 1].locator?.end ?? 0) + 4 && el("p", { class: "gap", aria: { hidden: "true" } }, "⋯"),
    el("div", { class: `passage${found === own ? " own" : ""}` }, found === own ? marked(found.text, cited, mark) : told(found.text)),
  ]);
}

function marked(text, { quote, start, end }, mark) {
  const at = text.slice(start, end) === quote ? start : text.indexOf(quote);
  if (at < 0) return [told(text), " ", mark];
  return [told(text.slice(0, at)), mark, told(text.slice(at + quote.length))];
}

const HEADING = /^#{1,6} +(.*)$/;

/** A document's text as it stands, its headings without their signs. */
const told = (text) =>
  text.split(/(\n+)/).map((line) => {
    const heading = HEADING.exec(line);
    return heading ? el("span", { class: "heading" }, heading[1]) : line;
  });

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
