/* The page: what stands where, and what leads to what. */

import { ApiError, signedIn } from "./api.js";
import { asCommand, commandsFor } from "./commands.js";
import { Composer, forgetDrafts } from "./composer.js";
import { Conversation } from "./conversation.js";
import { copy } from "./copy.js";
import { clean, el, fill, icon } from "./dom.js";
import { install } from "./install.js";
import { hearKeys, openKeys } from "./keys.js";
import { assistants, Choice } from "./models.js";
import { learn as learnOpinions } from "./opinions.js";
import { openPalette } from "./palette.js";
import { Reading } from "./reading.js";
import { announce, banner, complain } from "./saying.js";
import { leave, may, needKey } from "./session.js";
import { loadStarters } from "./starters.js";
import { Threads, address } from "./threads.js";
import { learn as learnVerdicts } from "./verdicts.js";
import { asked, followInside, show } from "./views.js";
import { voice } from "./voice.js";
import { spoken, switchLanguage, t } from "./words.js";

const at = (id) => document.getElementById(id);
const EFFORT = "stylegraph-effort";
const EFFORTS = ["quick", "standard", "thorough"];
const THEMES = ["auto", "light", "dark"];
const UUID = /^[0-9a-f-]{36}$/;
const SHARED = /^#shared=([\w-]+)$/;
let allowed = { operator: false, shares: "off", models: [] };
let learned = Promise.resolve(); // what is allowed, as soon as the server has said so

const reading = new Reading(document.querySelector(".scroll"), at("log"), at("to-end"));
const threads = new Threads(at("threads"), { open: (id) => (history.pushState(null, "", address(id)), arrive()), gone: (id) => id === conversation.thread && begin(), share: async () => ((await learned.catch(() => {}), allowed.shares) === "off" ? null : share) });
const models = new Choice(at("model"), at("model-tool"), "stylegraph-assistant");
const chats = new Choice(at("chat-model"), at("chat-model-tool"), "stylegraph-chat-model");
const composer = new Composer(at("composer"), { ask: (text, pictures) => question(text, pictures), stop: () => conversation.stop(), documents });
const conversation = new Conversation(at("log"), {
  ask: (text) => question(text),
  documents,
  complain,
  effort: () => at("effort").value,
  assistant: () => models.chosen ?? "assistant",
  model: () => chats.chosen,
  title: (id) => threads.title(id),
  started(id, title) {
    history.pushState(null, "", address(id));
    threads.began(id, title);
    composer.moved(id);
  },
  asked: (node) => reading.top(node),
  branched(node, { of, shown }) {
    reading.top(node, { smooth: false });
    requestAnimationFrame(() => node.querySelector(".branches button:not([disabled])").focus({ preventScroll: true })); // after it is painted
    announce(t("branchShown", { n: shown + 1, of }));
  },
  running: (busy) => composer.running(busy),
  changed: () => threads.load().catch(() => {}),
  earlier: (there) => (at("earlier").hidden = !there),
});

async function documents(files = []) {
  (await import("./documents.js")).openDocuments(files);
}

async function share(thread) {
  (await import("./share.js")).openShare(thread, allowed.shares);
}

function question(text, pictures = []) {
  if (conversation.running) return;
  if (stage.view) {
    history.pushState(null, "", location.pathname);
    stage.view = null;
  }
  conversation.ask(text, pictures);
  stage.show("log");
}

/** What stands in the middle: the beginning, a conversation, or a view of something else. */
const stage = {
  view: null,
  show(what) {
    at("start").hidden = what !== "start";
    at("view").hidden = what !== "view";
    document.body.dataset.view = this.view?.view ?? "";
    if (what !== "view") document.title = "stylegraph";
  },
};

/** Begin a new conversation. */
function begin() {
  if (location.search) history.pushState(null, "", location.pathname);
  empty();
  at("question").focus();
}

/** Show no conversation: the beginning, or a view. */
function empty(view = null) {
  stage.view = view;
  conversation.clear();
  composer.at(null);
  threads.mark(null);
  side(false);
  stage.show(view ? "view" : "start");
}

/** Put words where a question is written, for somebody to go on with. */
function write(text) {
  composer.write(text);
  at("question").focus();
}

const go = (to) => (history.pushState(null, "", to), arrive());

/** Show what the address names: a conversation, something else, or the beginning. */
async function arrive() {
  const view = asked(location.search);
  if (view) {
    empty(view);
    document.querySelector(".scroll").scrollTop = 0;
    return show(view, at("view"), { ask: question, write, begin });
  }
  const id = new URLSearchParams(location.search).get("thread") ?? "";
  if (!UUID.test(id)) return empty();
  side(false);
  if (id === conversation.thread) return;
  stage.view = null;
  stage.show("log");
  threads.mark(id);
  composer.at(id);
  try {
    await conversation.open(id);
    if (at("log").lastElementChild) reading.top(at("log").lastElementChild, { smooth: false });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) history.replaceState(null, "", location.pathname);
    stage.show(error.status === 404 ? "start" : "log");
    if (error.status !== 401) complain(error);
  }
}

/** Show what was said before; who reads on from the button finds it there, and what was in view stays where it is. */
async function earlier() {
  if (at("earlier").hasAttribute("aria-busy")) return;
  const scroll = document.querySelector(".scroll");
  at("earlier").setAttribute("aria-busy", "true");
  try {
    const before = scroll.scrollHeight - scroll.scrollTop;
    const shown = conversation.turns.length;
    const first = await conversation.earlier();
    if (!first) return;
    scroll.scrollTop = scroll.scrollHeight - before;
    announce(t("earlierShown", { n: conversation.turns.length - shown }));
    if (at("earlier").hidden) first.focus({ preventScroll: true });
  } catch (error) {
    complain(error);
  } finally {
    at("earlier").removeAttribute("aria-busy");
  }
}

/** Open or close the list of conversations, where it is not always there. */
function side(open) {
  document.body.classList.toggle("side-open", open);
  at("menu").setAttribute("aria-expanded", String(open));
  const drawer = matchMedia("(max-width: 60rem)").matches;
  at("side").inert = drawer && !open;
  at("main").inert = drawer && open;
  if (open) at("side").querySelector("button").focus();
}

/** Say everything in the language of the page. */
function say() {
  document.documentElement.lang = spoken();
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of document.querySelectorAll("[data-t-title]")) node.title = t(node.dataset.tTitle);
  at("question").placeholder = t("placeholder");
  at("language").setAttribute("aria-label", t("languageLabel"));
  at("find").placeholder = t("findThread");
  if (!SHARED.test(location.hash)) loadStarters(at("starters"), question);
  theme(chosenTheme());
}

const chosenTheme = () => document.documentElement.dataset.theme ?? "auto";

function theme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  localStorage.setItem("stylegraph-theme", name);
  fill(at("theme"), icon(name), el("span", {}, t(`theme.${name}`)));
}

/** Go on as whoever has shown their key. */
async function entered(close) {
  if (SHARED.test(location.hash)) return location.reload();
  await threads.load();
  if (!at("leave").hidden || conversation.thread) { // somebody was here before: nothing of theirs stays
    forgetDrafts();
    return location.reload();
  }
  close();
  at("leave").hidden = false;
  learn();
  loadStarters(at("starters"), question, { anew: true });
  await arrive();
}

const told = (error) => error.status === 401 || complain(error);
const learn = () => (learned = Promise.all([learnOpinions(), learnVerdicts()]).catch((error) => error.status === 400 || told(error)).then(learnAllowed)); // 400: it remembers nothing

async function learnAllowed() {
  const [mine, ours] = await Promise.all([may(), assistants()]);
  allowed = mine;
  models.offer(ours);
  chats.offer(allowed.models.map((name) => ({ id: name, name: clean(name) })));
  at("usage").hidden = !allowed.operator;
}

addEventListener("key-needed", () => needKey(entered));
addEventListener("popstate", arrive);
addEventListener("verdicts", () => conversation.judged());
addEventListener("offline", () => banner(t("offline")));
addEventListener("online", () => banner(null));
addEventListener("keydown", (event) => event.key === "Escape" && document.body.classList.contains("side-open") && (side(false), at("menu").focus()));
matchMedia("(max-width: 60rem)").addEventListener("change", () => side(false));
at("menu").addEventListener("click", () => side(!document.body.classList.contains("side-open")));
at("scrim").addEventListener("click", () => side(false));
at("close-side").addEventListener("click", () => (side(false), at("menu").focus()));
for (const node of document.querySelectorAll(".begin")) node.addEventListener("click", begin);
at("earlier").addEventListener("click", earlier);
at("profile").addEventListener("click", async () => (await import("./profile.js")).openProfile());
at("documents").addEventListener("click", () => documents());
at("keys").addEventListener("click", openKeys);
at("leave").addEventListener("click", leave);
at("leave").hidden = !signedIn();
at("find").addEventListener("input", () => threads.find(at("find").value));
at("usage").addEventListener("click", () => go("/?usage"));
at("palette").addEventListener("click", palette);

/** What can be done, by the names that keys and the palette know it by. */
const page = {
  question: () => at("question").focus(),
  keys: openKeys,
  palette,
  begin,
  search: () => (matchMedia("(max-width: 60rem)").matches && side(true), at("find").focus()),
  before: () => reading.step(-1),
  after: () => reading.step(1),
  stop: () => conversation.stop(),
  regenerate: () => conversation.askAgain(conversation.answered, conversation.answered.text).catch(complain),
  edit: () => conversation.edit(),
  copyAnswer: () => copy(conversation.answered.reply.text),
  manage: () => threads.manage(conversation.thread),
  share: () => share({ id: conversation.thread, title: threads.title(conversation.thread) ?? "" }),
  take: async (form) => (await import("./export.js")).exportThread(conversation.thread, threads.title(conversation.thread) ?? "stylegraph", form, conversation.past.end).catch(complain),
  documents: () => documents(),
  picture: () => at("picture-file").click(),
  profile: () => at("profile").click(),
  effort: (name) => effort(name),
  theme: (name) => theme(name),
  language: () => at("language").click(),
  write,
  get voice() { return at("voice").hidden ? null : () => at("voice").click(); },
  get usage() { return allowed.operator ? () => go("/?usage") : null; },
  get leave() { return at("leave").hidden ? null : leave; },
  get answered() { return conversation.answered; },
  get running() { return conversation.running; },
  get thread() { return conversation.answered && conversation.thread; },
  get shares() { return allowed.shares !== "off"; },
  get models() { return [["model", models], ["chatModel", chats]].flatMap(([says, choice]) => (choice.all.length > 1 ? choice.all.map(({ id, name }) => ({ says, name, run: () => choice.choose(id) })) : [])); },
  get threads() { return threads.threads.map((thread) => asCommand(thread, (id) => go(address(id)))); },
};

function palette() {
  side(false);
  openPalette((words) => commandsFor(page, words));
}

hearKeys(page);
at("theme").addEventListener("click", () => theme(THEMES[(THEMES.indexOf(chosenTheme()) + 1) % THEMES.length]));
at("language").addEventListener("click", () => {
  switchLanguage();
  say();
  composer.again();
  threads.show();
  conversation.again();
  if (stage.view) arrive();
});
followInside(go);

function effort(name) {
  at("effort").value = EFFORTS.find((one) => one === name) ?? "standard";
  localStorage.setItem(EFFORT, at("effort").value);
}

effort(localStorage.getItem(EFFORT));
at("effort").addEventListener("change", () => effort(at("effort").value));
voice(at("voice"), at("question"));
say();
side(false);
composer.running(false);
if (!navigator.onLine) banner(t("offline"));

/** Begin as somebody who may ask. */
function start() {
  for (const later of ["./documents.js", "./profile.js", "./quote.js", "./thread.js"]) import(later).catch(() => {}); // not needed to ask
  threads.load().catch(told);
  learn();
  arrive();
  install();
}

/** Show what a link leads to, to somebody who may only read it. */
async function readShared(link) {
  stage.show("view");
  (await import("./shared.js")).openShared(at("view"), at("log"), link);
}

const [, link] = SHARED.exec(location.hash) ?? [];
addEventListener("hashchange", () => (link || SHARED.test(location.hash)) && location.reload());
document.documentElement.dataset.ready = "true";
if (link) readShared(link);
else start();
