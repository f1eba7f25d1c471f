/* All that can be done here, found by its name in either language. */

import { el, fill, icon } from "./dom.js";
import { openDialog } from "./dialog.js";
import { drawn } from "./keys.js";
import { t } from "./words.js";

/** Open the palette. `commands(words)` gives what a search finds: `{ label, sign, keys, run }`; what is chosen runs once the palette is gone. */
export function openPalette(commands) {
  const list = el("ul", { id: "commands", role: "listbox", aria: { label: t("palette") } });
  const input = el("input", { type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder: t("paletteHint"),
    aria: { label: t("palette"), controls: "commands", expanded: "true", autocomplete: "list" } });
  const { node, close } = openDialog(t("palette"), "palette", input, list);
  let [found, at, chosen] = [[], 0, null];
  const mark = (place) => {
    at = (place + found.length) % Math.max(1, found.length);
    [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
    input.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const choose = (place) => {
    chosen = found[place] ?? null;
    if (chosen) close();
  };
  const search = () => {
    found = commands(input.value);
    fill(list, found.map((command, place) => row(command, place, choose)));
    mark(0);
  };
  const moves = { ArrowDown: () => mark(at + 1), ArrowUp: () => mark(at - 1), Home: () => mark(0), End: () => mark(found.length - 1), Enter: () => choose(at) };
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  });
  node.addEventListener("close", () => chosen?.run());
  search();
  input.focus();
}

const row = ({ label, sign, keys }, place, choose) =>
  el("li", { id: `command-${place}`, role: "option", aria: { selected: "false" }, on: { click: () => choose(place) } },
    icon(sign), el("span", {}, label), keys.length > 0 && el("span", { class: "with-keys", aria: { hidden: "true" } }, drawn(keys)));
