/* What is known of a person: shown, corrected, forgotten. */

import { ask } from "./api.js";
import { button, clean, el, fill } from "./dom.js";
import { confirmed, openDialog } from "./dialog.js";
import { learn, take } from "./opinions.js";
import { announce, complain } from "./saying.js";
import { takeBack } from "./verdicts.js";
import { spoken, t } from "./words.js";

const WORDS = ["likes", "dislikes", "sizes", "budget"];
const ITEMS = ["liked", "disliked"];

/** Open the profile. */
export async function openProfile() {
  const place = el("div", { aria: { busy: "true" } }, el("p", { class: "quiet" }, t("loading")));
  const answers = el("section", { hidden: true });
  openDialog(t("profile"), "profile", el("p", { class: "quiet" }, t("profileMore")), place, answers);
  try {
    show(place, await learn());
    await showVerdicts(answers);
  } catch (error) {
    fill(place, el("p", { class: "trouble bad" }, error.status === 400 ? t("profileOff") : error.told));
  }
  place.removeAttribute("aria-busy");
}

function show(place, known) {
  const empty = !Object.keys(known.profile).length;
  fill(place,
    empty && el("p", { class: "empty" }, t("profileEmpty")),
    WORDS.map((field) => words(place, known, field)),
    ITEMS.map((field) => judged(place, known, field)),
    !empty && el("div", { class: "actions" }, button(t("forgetAll"), () => forgetAll(place), { class: "danger soft" })));
}

function words(place, known, field) {
  const kept = known.profile[field] ?? [];
  const id = `profile-${field}`;
  const input = el("input", { id, type: "text", maxlength: 60, autocomplete: "off", placeholder: t(`fieldHints.${field}`) });
  const add = (event) => {
    event.preventDefault();
    const said = input.value.split(/[,，]/).map((word) => word.trim()).filter(Boolean);
    const all = field === "budget" ? [input.value.trim()] : [...kept.filter((word) => !said.includes(word)), ...said];
    if (said.length) change(place, "PUT", `/profile/${field}`, { words: all }, id);
  };
  return el("section", {},
    el("h3", {}, t(`fields.${field}`)),
    chips(place, kept),
    el("form", { on: { submit: add } },
      el("label", { for: id, class: "unseen" }, t("addWord", { field: t(`fields.${field}`) })), input,
      el("button", { type: "submit", class: "soft" }, t("add"))));
}

function judged(place, known, field) {
  const kept = known.profile[field] ?? [];
  if (!kept.length) return null;
  const names = new Map(known.items.map((item) => [item.id, (spoken() === "ko" ? item.name_ko : item.name_en) ?? item.name_ko ?? item.name_en]));
  return el("section", {}, el("h3", {}, t(`fields.${field}`)), chips(place, kept, (id) => names.get(id) ?? id));
}

const chips = (place, kept, named = (word) => word) =>
  kept.length > 0 &&
  el("ul", { class: "chips" }, kept.map((word) => el("li", { class: "chip" }, el("span", {}, named(word)),
    button(t("forgetWord", { word: clean(named(word)) }), () => change(place, "DELETE", `/profile/${encodeURIComponent(word)}`), { sign: "close", quiet: true, class: "round" }))));

/** The answers that were judged, each to be taken back. */
async function showVerdicts(section) {
  const { verdicts } = await ask("GET", "/verdicts?brief=true");
  section.hidden = !verdicts.length;
  fill(section, el("h3", {}, t("judgedAnswers")), el("ul", { class: "judged" }, verdicts.map((one) => {
    const question = clean(one.question).slice(0, 80) || t("picture");
    const forget = () => takeBack(one.message).then(() => showVerdicts(section), complain).then(() => section.closest("dialog")?.querySelector("header button").focus());
    return el("li", {}, el("div", {}, el("b", {}, question), el("p", { class: "quiet" }, [t(`thumb.${one.rating}`), one.reason].filter(Boolean).join(" · "))),
      button(t("forgetVerdict", { question }), forget, { sign: "close", quiet: true, class: "round small-round" }));
  })));
}

async function change(place, method, path, body, focus) {
  try {
    show(place, take(await ask(method, path, { body })));
    (focus ? document.getElementById(focus) : place.closest("dialog")?.querySelector("header button"))?.focus();
  } catch (error) {
    complain(error);
  }
}

async function forgetAll(place) {
  if (!(await confirmed(t("forgetAsk"), t("forgetSure"), t("forgetAll")))) return;
  await change(place, "DELETE", "/profile");
  await takeBack();
  place.nextElementSibling.hidden = true;
  announce(t("forgotten"), { shown: true });
}
