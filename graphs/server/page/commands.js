/* What can be done, each by its name: for the palette. */

import { clean } from "./dom.js";
import { keysOf } from "./keys.js";
import { everywhere, t } from "./words.js";

const MOST_THREADS = 8;

/** Give what a search finds. `page`: what the page can do, and what is there to do it with (`main.js`). */
export function commandsFor(page, searched) {
  const words = searched.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ label, also }) => words.every((word) => `${label} ${also}`.toLowerCase().includes(word));
  const found = all(page).filter(fits);
  if (!words.length) return found;
  return [...found, ...page.threads.filter(fits).slice(0, MOST_THREADS), { label: t("askWords", { words: searched.trim() }), sign: "chat", keys: [], run: () => page.write(searched.trim()) }];
}

/** What a conversation is found by, and opened. */
export const asCommand = ({ thread_id: id, metadata }, open) => {
  const title = clean(metadata?.title ?? "").trim() || t("untitled");
  return { label: `${t("openThread")}: ${title}`, also: everywhere("openThread"), sign: "chat", keys: [], run: () => open(id) };
};

function all(page) {
  const { answered, thread, running } = page;
  return [
    command(["new"], "plus", page.begin, "begin"),
    command(["findThread"], "search", page.search, "search"),
    command(["keys.question"], "edit", page.question, "question"),
    running && command(["keys.stop"], "stop", page.stop, "stop"),
    answered && command(["regenerate"], "again", page.regenerate),
    answered && command(["edit"], "edit", page.edit),
    answered && command(["copyAnswer"], "copy", page.copyAnswer),
    answered && command(["keys.before"], "send", page.before, "before"),
    answered && command(["keys.after"], "end", page.after, "after"),
    thread && command(["threadAll"], "more", page.manage),
    thread && page.shares && command(["share"], "share", page.share),
    ...["md", "html", "json"].map((form) => thread && command(["export", `forms.${form}`], "end", () => page.take(form))),
    command(["documents"], "book", page.documents),
    command(["addPicture"], "picture", page.picture),
    page.voice && command(["voice"], "voice", page.voice),
    command(["profile"], "person", page.profile),
    ...["quick", "standard", "thorough"].map((effort) => command(["effort", `efforts.${effort}`], "gauge", () => page.effort(effort))),
    ...page.models.map(({ says, name, run }) => ({ ...command([says], "gauge", run), label: `${t(says)}: ${name}` })),
    ...["auto", "light", "dark"].map((theme) => command([`theme.${theme}`], theme, () => page.theme(theme))),
    command(["languageLabel"], "globe", page.language),
    page.usage && command(["usage"], "chart", page.usage),
    command(["keysTitle"], "keys", page.keys, "keys"),
    page.leave && command(["leave"], "leave", page.leave),
  ].filter(Boolean);
}

const command = (says, sign, run, key = null) => ({ label: says.map((name) => t(name)).join(": "), also: says.map(everywhere).join(" "), sign, keys: key ? keysOf(key) : [], run });
