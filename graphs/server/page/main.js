/* The page: what stands where, and what leads to what. */

import { ApiError, signIn, signOut, signedIn } from "./api.js";
import { Composer, forgetDrafts } from "./composer.js";
import { Conversation } from "./conversation.js";
import { openDialog } from "./dialog.js";
import { el, fill, icon } from "./dom.js";
import { install } from "./install.js";
import { hearKeys, openKeys } from "./keys.js";
import { learn as learnOpinions } from "./opinions.js";
import { Reading } from "./reading.js";
import { announce, banner, complain } from "./saying.js";
import { loadStarters } from "./starters.js";
import { Threads, address } from "./threads.js";
import { learn as learnVerdicts } from "./verdicts.js";
import { voice } from "./voice.js";
import { spoken, switchLanguage, t } from "./words.js";

const at = (id) => document.getElementById(id);
const EFFORT = "stylegraph-effort";
const EFFORTS = ["quick", "standard", "thorough"];
const THEMES = ["auto", "light", "dark"];
const UUID = /^[0-9a-f-]{36}$/;

const reading = new Reading(document.querySelector(".scroll"), at("log"), at("to-end"));
const threads = new Threads(at("threads"), { open: (id) => (history.pushState(null, "", address(id)), arrive()), gone: (id) => id === conversation.thread && begin() });
const composer = new Composer(at("composer"), { ask: (text, pictures) => question(text, pictures), stop: () => conversation.stop(), documents });
const conversation = new Conversation(at("log"), {
  ask: (text) => question(text),
  documents,
  complain,
  effort: () => at("effort").value,
  title: (id) => threads.title(id),
  started(id, title) {
    history.pushState(null, "", address(id));
    threads.began(id, title);
    composer.moved(id);
  },
  asked: (node) => reading.top(node),
  running: (busy) => composer.running(busy),
  changed: () => threads.load().catch(() => {}),
  earlier: (there) => (at("earlier").hidden = !there),
});

async function documents(files = []) {
  (await import("./documents.js")).openDocuments(files);
}

function question(text, pictures = []) {
  if (conversation.running) return;
  at("start").hidden = true;
  conversation.ask(text, pictures);
}

/** Begin a new conversation. */
function begin() {
  if (location.search) history.pushState(null, "", location.pathname);
  conversation.clear();
  composer.at(null);
  at("start").hidden = false;
  threads.mark(null);
  side(false);
  at("question").focus();
}

/** Show the thread that the address names, or the beginning. */
async function arrive() {
  const id = new URLSearchParams(location.search).get("thread") ?? "";
  side(false);
  if (!UUID.test(id)) {
    conversation.clear();
    composer.at(null);
    at("start").hidden = false;
    threads.mark(null);
    return;
  }
  if (id === conversation.thread) return;
  at("start").hidden = true;
  threads.mark(id);
  composer.at(id);
  try {
    await conversation.open(id);
    if (at("log").lastElementChild) reading.top(at("log").lastElementChild, { smooth: false });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) history.replaceState(null, "", location.pathname);
    at("start").hidden = error.status !== 404;
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
  loadStarters(at("starters"), question);
  theme(chosenTheme());
}

const chosenTheme = () => document.documentElement.dataset.theme ?? "auto";

function theme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  localStorage.setItem("stylegraph-theme", name);
  fill(at("theme"), icon(name), el("span", {}, t(`theme.${name}`)));
}

/** Ask for a key, once at a time. */
function needKey() {
  if (document.querySelector("dialog.key")) return;
  const input = el("input", { id: "key", type: "password", autocomplete: "off", required: true, spellcheck: "false" });
  const enter = async (event) => {
    event.preventDefault();
    try {
      await signIn(input.value.trim());
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
    } catch (error) {
      if (error.status === 401) at("key-wrong").hidden = false;
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
async function leave() {
  try {
    await signOut();
    forgetDrafts();
    location.assign("/");
  } catch (error) {
    complain(error);
  }
}

const told = (error) => error.status === 401 || complain(error);
const learn = () => Promise.all([learnOpinions(), learnVerdicts()]).catch((error) => error.status === 400 || told(error)); // 400: it remembers nothing

addEventListener("key-needed", needKey);
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
hearKeys({
  question: () => at("question").focus(),
  keys: openKeys,
  begin,
  search: () => (matchMedia("(max-width: 60rem)").matches && side(true), at("find").focus()),
  before: () => reading.step(-1),
  after: () => reading.step(1),
  stop: () => conversation.stop(),
});
at("theme").addEventListener("click", () => theme(THEMES[(THEMES.indexOf(chosenTheme()) + 1) % THEMES.length]));
at("language").addEventListener("click", () => {
  switchLanguage();
  say();
  composer.again();
  threads.show();
  conversation.again();
});

at("effort").value = EFFORTS.find((one) => one === localStorage.getItem(EFFORT)) ?? "standard";
at("effort").addEventListener("change", () => localStorage.setItem(EFFORT, at("effort").value));
voice(at("voice"), at("question"));
say();
side(false);
composer.running(false);
if (!navigator.onLine) banner(t("offline"));
document.documentElement.dataset.ready = "true";
for (const later of ["./documents.js", "./profile.js", "./quote.js", "./thread.js"]) import(later).catch(() => {}); // not needed to ask
threads.load().catch(told);
learn();
arrive();
install();
