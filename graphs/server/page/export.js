/* A conversation as a file: Markdown for people, JSON for programs. */

import { Past } from "./past.js";
import { spoken, t } from "./words.js";

/** Read all of a conversation, and let the browser save it. `form`: "md" or "json". */
export async function exportThread(id, title, form) {
  const turns = await all(id);
  const text = form === "md" ? asMarkdown(title, turns) : JSON.stringify(asData(id, title, turns), null, 2);
  save(`${fileName(title)}.${form}`, form === "md" ? "text/markdown" : "application/json", text);
}

async function all(id) {
  const past = new Past();
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
