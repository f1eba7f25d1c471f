/* Copying: by the browser's clipboard, or the older way where the page came over plain HTTP. */

import { button } from "./dom.js";
import { announce } from "./saying.js";
import { t } from "./words.js";

/** Copy a text, and say whether it was. */
export async function copy(text) {
  const done = await written(text);
  announce(t(done ? "copied" : "notCopied"), { shown: true });
}

/** A button that copies what `text()` gives. */
export const copyButton = (label, text, options = {}) =>
  button(label, () => copy(text()), { sign: "copy", quiet: true, class: "round small-round", ...options });

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return selected(text);
  }
}

function selected(text) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  (before?.closest("dialog") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus?.({ preventScroll: true });
  return done;
}
