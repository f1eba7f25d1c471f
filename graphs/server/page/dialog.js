/* Dialogs: the browser's own, with a title, a way out, and the focus back where it was. */

import { button, el } from "./dom.js";
import { t } from "./words.js";

/** Open a dialog; gives it and what closes it. */
export function openDialog(title, kind, ...content) {
  const before = document.activeElement;
  const heading = el("h2", { id: "dialog-title" }, title);
  const node = el("dialog", { class: `dialog ${kind}`, aria: { labelledby: "dialog-title" } },
    el("header", {}, heading, button(t("close"), () => node.close(), { sign: "close", quiet: true, class: "round" })),
    el("div", { class: "content" }, content));
  node.addEventListener("click", (event) => event.target === node && node.close());
  node.addEventListener("close", () => {
    node.remove();
    before?.focus?.();
  });
  document.body.append(node);
  node.showModal();
  return { node, close: () => node.close() };
}

/** Ask whether something that can't be undone is to be done. */
export function confirmed(title, sure, yes) {
  return new Promise((answer) => {
    let said = false;
    const { node, close } = openDialog(title, "confirm", el("p", {}, sure),
      el("div", { class: "actions" },
        button(t("cancel"), () => close(), { class: "soft" }),
        button(yes, () => { said = true; close(); }, { class: "danger" })));
    node.addEventListener("close", () => answer(said));
  });
}
