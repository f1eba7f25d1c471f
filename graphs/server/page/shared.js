/* A conversation that somebody shows by a link: read, and nothing else. */

import { ask, call } from "./api.js";
import { button, el, fill, icon } from "./dom.js";
import { openBy } from "./pictures.js";
import { done } from "./past.js";
import { TurnView } from "./turn.js";
import { spoken, t } from "./words.js";

/** Show what a link shows; `log` is where turns stand. */
export async function openShared(place, log, link) {
  document.body.classList.add("reader");
  const headers = { "Shared-Link": link };
  openBy(async (path) => URL.createObjectURL(await (await call("GET", `/shared${path}`, { headers })).blob()));
  fill(place, el("div", { class: "skeleton", aria: { busy: "true", label: t("loading") }, role: "group" }));
  try {
    const share = await ask("GET", "/shared", { headers });
    document.title = `${share.title} · stylegraph`;
    fill(place, head(share));
    log.replaceChildren(...share.turns.map((turn) => new TurnView(read(turn), {}).node));
    log.after(el("p", { class: "own" }, el("a", { href: "/", class: "soft button" }, icon("chat"), t("sharedOwn"))));
  } catch (error) {
    if (error.status !== 401) fill(place, el("div", { class: "trouble" }, icon("note"), el("span", {}, [403, 404].includes(error.status) ? t("sharedGone") : error.told), button(t("retry"), () => location.reload(), { sign: "again", class: "soft" })));
  }
}

const head = ({ title, at }) =>
  el("header", { class: "shared-head" }, el("p", { class: "label" }, t("sharedLabel")), el("h2", {}, title),
    el("p", { class: "quiet" }, t("sharedAt", { when: new Date(at).toLocaleDateString(spoken(), { dateStyle: "long" }) })));

/** A turn as its reader gets it: nothing is known but the answer and its quotes. */
function read({ question, pictures, reply }) {
  const evidence = reply.citations.map(({ url }) => ({ url, text: "" })); // what may be a link
  const asked = pictures ? [question, `(${t("picture")}: ${pictures})`].filter(Boolean).join("\n") : question;
  return done({ text: asked, latest: false, reply: { choices: [], follow_ups: [], routes: [], ...reply, evidence, quotesOnly: true } });
}
