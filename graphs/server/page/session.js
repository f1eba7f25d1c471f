/* Who is at this browser: signed in by a key, signed out; and what they may do here. */

import { ask, signIn, signOut } from "./api.js";
import { forgetDrafts } from "./composer.js";
import { openDialog } from "./dialog.js";
import { el } from "./dom.js";
import { complain } from "./saying.js";
import { t } from "./words.js";

/** What whoever is here may do: `{ operator, shares, models }`; nothing where that can't be known. */
export const may = () => ask("GET", "/session").catch(() => ({ operator: false, shares: "off", models: [] }));

/** Ask for a key, once at a time; `entered(close)` goes on with it. */
export function needKey(entered) {
  if (document.querySelector("dialog.key")) return;
  const input = el("input", { id: "key", type: "password", autocomplete: "off", required: true, spellcheck: "false" });
  const enter = async (event) => {
    event.preventDefault();
    try {
      await signIn(input.value.trim());
      await entered(close);
    } catch (error) {
      if (error.status === 401) document.getElementById("key-wrong").hidden = false;
      else complain(error);
    }
  };
  const { close } = openDialog(t("key"), "key", el("p", { class: "quiet" }, t("keyMore")),
    el("form", { on: { submit: enter } },
      el("label", { for: "key" }, t("keyLabel")), input,
      el("p", { id: "key-wrong", class: "trouble bad", role: "alert", hidden: true }, t("keyWrong")),
      el("div", { class: "actions" }, el("button", { type: "submit", class: "primary" }, t("save")))));
  input.focus();
}

/** End the session of this browser, in all its tabs. */
export async function leave() {
  try {
    await signOut();
    forgetDrafts();
    location.assign("/");
  } catch (error) {
    complain(error);
  }
}
