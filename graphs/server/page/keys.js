/* What the keyboard does: one list, from which keys are heard and told. */

import { el } from "./dom.js";
import { openDialog } from "./dialog.js";
import { t } from "./words.js";

const OFF = "stylegraph-keys-off";
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const isOff = () => localStorage.getItem(OFF) !== null;
const writes = (node) => node.matches?.("input, textarea, select") ?? false;

/** Hear keys. `does`: name -> what it does. Single letters are heard outside of fields, and can be turned off (WCAG 2.1.4). */
export function hearKeys(does) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const found = KEYS.find((one) => one.when?.(event) && !(one.single && (isOff() || writes(event.target))));
    if (!found) return;
    event.preventDefault();
    does[found.name]();
  });
}

const plain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;
const KEYS = [
  { name: "send", keys: ["Enter"] },
  { name: "line", keys: ["Shift", "Enter"] },
  { name: "question", keys: ["/"], single: true, when: (event) => event.key === "/" && plain(event) },
  { name: "keys", keys: ["?"], single: true, when: (event) => event.key === "?" && plain(event) },
  { name: "palette", keys: [MAC ? "⌘" : "Ctrl", "Shift", "P"], when: (event) => (event.ctrlKey || event.metaKey) && event.shiftKey && event.code === "KeyP" },
  { name: "palette", keys: ["/", "/"], when: (event) => event.key === "/" && plain(event) && event.target.id === "question" && !event.target.value && !isOff() },
  { name: "begin", keys: [MAC ? "⌘" : "Ctrl", "Shift", "O"], when: (event) => (event.ctrlKey || event.metaKey) && event.shiftKey && event.code === "KeyO" },
  { name: "search", keys: [MAC ? "⌘" : "Ctrl", "K"], when: (event) => (event.ctrlKey || event.metaKey) && !event.shiftKey && event.code === "KeyK" },
  { name: "before", keys: ["Alt", "↑"], when: (event) => event.altKey && event.key === "ArrowUp" },
  { name: "after", keys: ["Alt", "↓"], when: (event) => event.altKey && event.key === "ArrowDown" },
  { name: "stop", keys: ["Esc"], when: (event) => event.key === "Escape" && !document.body.classList.contains("side-open") },
];

/** The keys that do something, as they are written. */
export const keysOf = (name) => KEYS.find((one) => one.name === name)?.keys ?? [];

/** Keys as one sees them on a keyboard. */
export const drawn = (keys) => keys.map((key) => el("kbd", {}, key));

/** Show the list. */
export function openKeys() {
  const single = el("input", { id: "keys-single", type: "checkbox" });
  single.checked = !isOff();
  single.addEventListener("change", () => (single.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "true")));
  openDialog(t("keysTitle"), "keys",
    el("dl", {}, KEYS.map(({ name, keys }) => el("div", {}, el("dt", {}, drawn(keys)), el("dd", {}, t(`keys.${name}`))))),
    el("label", { class: "check", for: "keys-single" }, single, t("keysSingle")));
}
