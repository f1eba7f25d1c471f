/* A link to a conversation: what its reader will see is said before it is made; it is taken back in the same place. */

import { ask } from "./api.js";
import { copy } from "./copy.js";
import { button, clean, el, fill } from "./dom.js";
import { openDialog } from "./dialog.js";
import { announce, complain } from "./saying.js";
import { ago, t } from "./words.js";

/** Open the dialog. `who`: "users" or "anyone", as the server is set. */
export async function openShare({ id, title }, who) {
  const place = el("div", { aria: { busy: "true" } }, el("p", { class: "quiet" }, t("loading")));
  openDialog(t("share"), "share", el("p", {}, t(`shareWho.${who}`)), place);
  await attempt(async () => show(place, { id, title }, await ask("GET", `/shares/${id}`)), (error) => fill(place, el("p", { class: "trouble bad" }, error.status === 400 ? t("shareNothing") : error.told)));
  place.removeAttribute("aria-busy");
}

/** Where a link leads: behind the `#`, so that it is in no server's log. */
export const sharedAddress = (link) => `${location.origin}/#shared=${link}`;

function show(place, thread, share) {
  fill(place, sees(share), share.link ? made(place, thread, share) : el("div", { class: "actions" }, button(t("shareMake"), () => make(place, thread), { sign: "share", class: "primary" })));
}

/** What a reader sees, and what not. */
const sees = ({ turns, sources }) => [
  el("section", {}, el("h3", {}, t("shareSees")), el("ul", { class: "plain-list" },
    el("li", {}, t("shareTurns", { n: turns })),
    el("li", {}, sources.length ? t("shareQuotes", { sources: sources.map((one) => `‘${clean(one)}’`).join(", ") }) : t("shareNoQuotes")),
    el("li", {}, t("sharePieces")))),
  el("section", {}, el("h3", {}, t("shareSeesNot")), el("ul", { class: "plain-list" }, ["sharePictures", "shareRest", "shareLater"].map((name) => el("li", {}, t(name))))),
];

function made(place, thread, { link, at }) {
  const address = el("input", { id: "share-link", type: "text", readonly: true, aria: { label: t("shareLink") } });
  address.value = sharedAddress(link);
  address.addEventListener("focus", () => address.select());
  return el("section", {}, el("h3", {}, t("shareLink")), el("p", { class: "quiet" }, t("shareMade", { when: ago(at) })),
    el("form", { on: { submit: (event) => (event.preventDefault(), copy(address.value)) } }, address, el("button", { type: "submit", class: "primary" }, t("shareCopy"))),
    el("div", { class: "actions" },
      button(t("shareRenew"), () => make(place, thread), { sign: "again", class: "soft" }),
      button(t("shareWithdraw"), () => withdraw(place, thread), { sign: "bin", class: "danger" })));
}

const make = (place, thread) => attempt(async () => {
  show(place, thread, await ask("POST", `/shares/${thread.id}`, { body: { title: thread.title } }));
  announce(t("shareDone"), { shown: true });
  document.getElementById("share-link").focus();
});

const withdraw = (place, thread) => attempt(async () => {
  await ask("DELETE", `/shares/${thread.id}`);
  show(place, thread, await ask("GET", `/shares/${thread.id}`));
  announce(t("shareGone"), { shown: true });
  place.querySelector(".primary").focus();
});

async function attempt(run, otherwise = complain) {
  try {
    await run();
  } catch (error) {
    otherwise(error);
  }
}
