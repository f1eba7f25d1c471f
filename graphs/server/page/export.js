/* A conversation as a file: Markdown and HTML for people, JSON for programs. */

import { el } from "./dom.js";
import { linksOf, markdown } from "./markdown.js";
import { Past } from "./past.js";
import { spoken, t } from "./words.js";

/** Read all of a conversation, and let the browser save it. `form`: "md", "html" or "json"; `end`: of a branch, null: the newest. */
export async function exportThread(id, title, form, end = null) {
  const turns = await all(id, end);
  const { type, write } = FORMS[form];
  save(`${fileName(title)}.${form}`, type, write(id, title, turns));
}

const FORMS = {
  md: { type: "text/markdown", write: (_, title, turns) => asMarkdown(title, turns) },
  html: { type: "text/html", write: (_, title, turns) => asPage(title, turns) },
  json: { type: "application/json", write: (...told) => JSON.stringify(asData(...told), null, 2) },
};

async function all(id, end) {
  const past = new Past(end);
  const turns = [];
  do turns.unshift(...(await past.more(id)));
  while (!past.whole);
  return turns;
}

const asData = (id, title, turns) => ({
  thread: id, title, exported: new Date().toISOString(),
  turns: turns.map(({ text, pictures, reply }) => ({ question: text, pictures: pictures.length, reply })),
});

function asMarkdown(title, turns) {
  const when = new Date().toLocaleString(spoken());
  return [`# ${title}`, `*${t("exported", { when })}*`, ...turns.flatMap(turnAsMarkdown)].join("\n\n") + "\n";
}

/** The same as a page of its own: made of elements, so that no text in it is markup. */
function asPage(title, turns) {
  const body = markdown(asMarkdown(title, turns), { linked: linksOf(turns.flatMap(({ reply }) => [...reply.evidence, ...reply.citations.map(({ url }) => ({ url, text: "" }))])) });
  const style = "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:1rem/1.65 system-ui,sans-serif}table{border-collapse:collapse}th,td{border:1px solid;padding:.3rem .6rem}pre{overflow-x:auto}button{display:none}";
  const page = el("html", { lang: spoken() }, el("head", {}, el("meta", { charset: "utf-8" }), el("title", {}, title), el("style", {}, style)), el("body", {}, body));
  return `<!doctype html>\n${page.outerHTML}`;
}

function turnAsMarkdown({ text, pictures, reply }) {
  const asked = [text, pictures.length && `*${t("picture")}: ${pictures.length}*`].filter(Boolean).join("\n\n");
  const cited = reply.citations.map(({ title, url, quote }, place) => `${place + 1}. ${title}${url ? ` <${url}>` : ""}: “${quote.replace(/\s+/g, " ")}”`);
  return [`## ${asked.replace(/\n+/g, " ")}`, reply.text, cited.length && `**${t("sources")}**\n\n${cited.join("\n")}`].filter(Boolean);
}

const fileName = (title) => title.replace(/[^\p{L}\p{N} _-]+/gu, " ").trim().slice(0, 60) || "stylegraph";

function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
