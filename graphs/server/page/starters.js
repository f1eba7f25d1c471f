/* Questions for who does not know yet what to ask: made by the server of what its sources know. */

import { ask } from "./api.js";
import { button, clean, el, fill } from "./dom.js";
import { spoken, t } from "./words.js";

const SIGNS = { documents: "book", fashion: "hanger", image: "picture", web: "globe" };
const HOW_MANY = 4;
let examples = null;

/** Show the examples in the language of the page; `run(text)` asks one. `anew`: for another person. */
export async function loadStarters(list, run, { anew = false } = {}) {
  if (!examples || anew) {
    examples = ask("GET", "/examples").catch(() => null);
    fill(list, Array.from({ length: HOW_MANY }, () => el("li", { class: "skeleton", aria: { hidden: "true" } })));
  }
  const known = await examples;
  if (!known) examples = null;
  const starter = ({ route, question }) => button(clean(question), () => run(clean(question)), { sign: SIGNS[route] ?? "chat", class: "starter", title: t("askThis") });
  fill(list, (known?.[spoken()] ?? []).map((one) => el("li", {}, starter(one))));
}
