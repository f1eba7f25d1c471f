/* The way of a question: what it was understood as, where it is looked for, how the answer is checked. */

import { clean, el, icon, link } from "./dom.js";
import { number, share, t } from "./words.js";

const SIGNS = { documents: "book", web: "globe", image: "picture", fashion: "hanger", chat: "chat" };

const routeName = (route) => t(`routes.${route}`) ?? clean(route);

/** The steps of a turn that is under way, each done, running or ahead. */
export function steps(turn) {
  const { lookingUp, sources, draft, graded } = turn.seen;
  const shown = [step("route", t("way.route"), lookingUp ? "done" : "now", "check")];
  for (const [route, source] of sources) {
    const told = source.found === null ? t("working") : source.found ? t("found", { n: source.found }) : t("foundNothing");
    shown.push(step(`source-${route}`, routeName(route), source.found === null ? "now" : "done", SIGNS[route] ?? "book", told));
  }
  const looked = lookingUp && [...sources.values()].every((source) => source.found !== null);
  if (draft || looked) shown.push(step("answer", t("way.answer"), graded ? "done" : "now", "quote"));
  if (graded) shown.push(step("grade", t("way.grade"), "now", "check"));
  if (turn.seen.revising.length && !graded) shown.push(step("revise", t(`revising.${turn.seen.revising.at(-1).action}`), "now", "again"));
  return shown;
}

const step = (name, label, state, sign, told = null) =>
  el("li", { class: `step ${state}`, data: { step: name } }, icon(sign), el("span", {}, label), told && el("em", {}, told));

/** All of it, folded away under an answer. */
export function details(turn) {
  const { reply, seen } = turn;
  const spent = spending(reply.spent);
  const parts = [
    seen.lookingUp && row("asked", seen.lookingUp.question),
    seen.lookingUp && row("looked", el("ul", {}, Object.entries(seen.lookingUp.queries).map(([route, queries]) => el("li", {}, el("b", {}, routeName(route)), " ", queries.join(" · "))))),
    reply.evidence.length > 0 && row("evidence", el("ul", {}, together(reply.evidence).slice(0, 12).map(evidence))),
    reply.grade && row("grade", grade(reply.grade)),
    seen.revising.length > 0 && row("attempts", el("ul", {}, seen.revising.map((one) => el("li", {}, t(`revising.${one.action}`), one.reason && `: ${one.reason}`)))),
    row("spent", spent),
    reply.notes.length > 0 && row("notes", el("ul", {}, reply.notes.map((note) => el("li", {}, note.text)))),
  ];
  return el("details", { class: "how" },
    el("summary", {}, el("span", {}, t("details")), el("span", { class: "quiet" }, summary(reply)), icon("down")),
    el("dl", {}, parts));
}

const row = (name, ...content) => [el("dt", {}, t(name)), el("dd", {}, content)];

const summary = (reply) => [...reply.routes.map(routeName), t("spentWords.seconds", { n: number(reply.spent.seconds) })].join(" · ");

/** What was found, the passages of one document as one. */
function together(found) {
  const documents = new Map();
  for (const one of found) {
    const name = `${one.route} ${one.url ?? ""} ${one.title}`;
    documents.set(name, { ...(documents.get(name) ?? one), times: (documents.get(name)?.times ?? 0) + 1 });
  }
  return [...documents.values()];
}

const evidence = (found) =>
  el("li", {}, el("b", {}, routeName(found.route)), " ", link(found.title, found.url), " ",
    el("span", { class: "quiet" }, found.times > 1 && `×${found.times} · `, share(found.score)));

function grade(given) {
  const told = [t("grounded", { share: share(given.grounded) }), t("answers", { share: share(given.answers) })];
  if (given.missing.length) told.push(t("missing", { what: clean(given.missing.join(", ")) }));
  return told.join(" · ");
}

function spending(spent) {
  const tokens = (spent.tokens_in ?? 0) + (spent.tokens_out ?? 0);
  const all = { ...spent, tokens };
  return ["seconds", "model_calls", "tokens", "web_searches", "revisions"]
    .filter((name) => name === "seconds" || all[name])
    .map((name) => t(`spentWords.${name}`, { n: number(all[name]) }))
    .concat(cost(spent), spent.model ? clean(spent.model) : [])
    .join(" · ");
}

/** What it cost; nothing where no model was asked, and unknown where its price is. */
function cost({ dollars, model_calls: calls }) {
  if (dollars) return t("spentWords.dollars", { n: dollars.toFixed(4) });
  return calls && dollars === null ? t("costUnknown") : [];
}
