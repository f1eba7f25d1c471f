/* One conversation of the list: called otherwise, taken along as a file, deleted. */

import { call } from "./api.js";
import { button, el } from "./dom.js";
import { confirmed, openDialog } from "./dialog.js";
import { exportThread } from "./export.js";
import { announce, complain } from "./saying.js";
import { t } from "./words.js";

/** Open what can be done with a conversation. `does`: `told(what has changed)`, `gone()`, `share()`: comes to what opens the dialog of a link, or to null. */
export function openThread({ id, title, pinned }, does) {
  const name = el("input", { id: "thread-name", type: "text", maxlength: 120, required: true, autocomplete: "off" });
  name.value = title;
  const rename = async (event) => {
    event.preventDefault();
    const words = name.value.trim();
    if (!words) return;
    await tell({ title: words });
  };
  const tell = (more) => attempt(() => call("PATCH", `/threads/${id}`, { body: { metadata: more } }), () => {
    does.told(more);
    close();
  });
  const take = (form) => attempt(() => exportThread(id, name.value.trim() || title, form), () => announce(t("exportDone"), { shown: true }));
  const sharing = does.share(); // whether there are links may not be known yet
  const link = async () => {
    const share = await sharing;
    close();
    share({ id, title });
  };
  const links = el("section", { hidden: true }, el("h3", {}, t("share")), el("p", { class: "quiet" }, t("shareMore")),
    el("div", { class: "choices" }, button(t("shareOpen"), link, { sign: "share", class: "soft" })));
  const { close } = openDialog(t("thread"), "thread-dialog",
    el("form", { on: { submit: rename } },
      el("label", { for: "thread-name" }, t("threadName")), name, el("button", { type: "submit", class: "soft" }, t("save"))),
    el("section", {}, el("h3", {}, t("export")), el("p", { class: "quiet" }, t("exportMore")),
      el("div", { class: "choices" }, button("Markdown", () => take("md"), { class: "soft" }), button("HTML", () => take("html"), { class: "soft" }), button("JSON", () => take("json"), { class: "soft" }))),
    links,
    el("section", {}, el("div", { class: "actions" }, button(t(pinned ? "unpin" : "pin"), () => tell({ pinned: !pinned }), { sign: "pin", class: "soft" }))),
    el("section", {}, el("div", { class: "actions" }, button(t("removeThread"), () => remove(id, close, does), { sign: "bin", class: "danger" }))));
  sharing.then((share) => (links.hidden = !share));
}

async function remove(id, close, does) {
  if (!(await confirmed(t("removeAsk"), t("removeSure"), t("removeYes")))) return;
  close();
  const gone = (error) => error.status === 404;
  await attempt(() => call("DELETE", `/threads/${id}`).catch((error) => (gone(error) ? null : Promise.reject(error))), does.gone);
}

async function attempt(run, then) {
  try {
    await run();
    then();
  } catch (error) {
    complain(error);
  }
}
