/* Colours in code: words of a language as elements with a class, read by `@speed-highlight/core`. */

import { el } from "./dom.js";
import { tokenizeWith } from "./vendor/highlight/tokenize.js";

const NAMES = { python: "py", javascript: "js", typescript: "ts", shell: "bash", sh: "bash", console: "bash", yml: "yaml", "c++": "c", cpp: "c", golang: "go", rust: "rs", jsonl: "json", svg: "xml", htm: "html" };
const KNOWN = ["bash", "c", "css", "go", "html", "java", "js", "json", "py", "rs", "sql", "ts", "xml", "yaml"];
const WITHIN = { html: ["xml", "css", "js"] };
const PLAIN = (type) => ({ type, sub: [] });
const NONE = { todo: PLAIN("cmnt"), jsdoc: PLAIN("cmnt"), regex: PLAIN("oper"), asm: PLAIN("str") }; // languages within languages that are not there
const LONGEST = 20_000;

/** Colour the code in a node, where its language is known. */
export async function highlight(node, code, name) {
  const language = NAMES[name] ?? name;
  if (!KNOWN.includes(language) || code.length > LONGEST) return;
  const languages = { ...NONE };
  for (const one of [language, ...(WITHIN[language] ?? [])]) languages[one] = (await import(`./vendor/highlight/languages/${one}.js`)).default;
  const parts = [];
  tokenizeWith(code, language, (text, kind) => text && parts.push(kind ? el("span", { class: `hl-${kind}` }, text) : text), { languages });
  node.replaceChildren(...parts);
}
