/* What is said beside the answers: to screen readers, in passing, and as a banner while something is wrong. */

import { ApiError } from "./api.js";
import { el, fill } from "./dom.js";

let passing = 0;

/** Say something politely; `shown`: for a moment to everybody. */
export function announce(text, { shown = false } = {}) {
  const live = document.getElementById("live");
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 40);
  if (!shown) return;
  const toast = document.getElementById("toast");
  fill(toast, el("p", {}, text));
  toast.hidePopover();
  toast.showPopover(); // above a dialog, too
  clearTimeout(passing);
  passing = setTimeout(() => toast.hidePopover(), 4500);
}

/** Say what went wrong with something that was only tapped. */
export function complain(error) {
  if (!(error instanceof ApiError)) throw error;
  announce(error.told, { shown: true });
}

/** Show a banner until it is taken away with `banner(null)`. */
export function banner(text, kind = "warn") {
  const node = document.getElementById("banner");
  node.hidden = !text;
  node.dataset.kind = kind;
  if (node.textContent !== (text ?? "")) fill(node, text);
}
