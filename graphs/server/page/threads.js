/* The conversations there are: found by their titles, opened; what else is done with one stands in its dialog. */

import { ask } from "./api.js";
import { button, clean, el, fill, icon } from "./dom.js";
import { complain } from "./saying.js";
import { ago, t } from "./words.js";

const PAGE = 100;
const MOST = 1000; // that the server tells at once

/** Where a conversation is found. */
export const address = (id) => `/?thread=${id}`;

/** The list at the side. `does`: `open(id)`, `gone(id)`, `share()`: comes to what opens the dialog of a link, or to null where there are none. */
export class Threads {
  constructor(list, does) {
    this.list = list;
    this.does = does;
    this.threads = [];
    this.current = null;
    this.most = PAGE;
    this.wanted = [];
  }

  async load() {
    const read = ask("POST", "/threads/search", {
      body: { metadata: { made_by: "page" }, limit: this.most, sort_by: "updated_at", sort_order: "desc", select: ["thread_id", "metadata", "updated_at"] },
    });
    this.threads = await read.finally(() => this.list.removeAttribute("aria-busy"));
    this.show();
    await this.further();
  }

  /** Put a conversation that has just begun on top. */
  began(id, title) {
    this.threads.unshift({ thread_id: id, metadata: { title }, updated_at: new Date().toISOString() });
    this.mark(id);
  }

  /** Show those whose titles have all of some words. */
  async find(words) {
    this.wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    this.show();
    await this.further();
  }

  /** Read all there are for someone who looks for one, also who typed before the first were read. */
  async further() {
    if (this.wanted.length && this.isCut) await this.more(MOST);
  }

  more(most) {
    this.most = most;
    return this.load().catch(complain);
  }

  get isCut() {
    return this.threads.length >= this.most && this.most < MOST;
  }

  title(id) {
    return this.threads.find((thread) => thread.thread_id === id)?.metadata?.title;
  }

  mark(id) {
    this.current = id;
    this.show();
  }

  show() {
    if (!this.threads.length && this.list.ariaBusy) return;
    const found = this.threads.filter(({ metadata }) => this.wanted.every((word) => (metadata?.title ?? "").toLowerCase().includes(word)));
    found.sort((one, other) => Boolean(other.metadata?.pinned) - Boolean(one.metadata?.pinned)); // stable: each kind the newest first
    const none = !found.length && el("li", { class: "none" }, t(this.threads.length ? "noneFound" : "noThreads"));
    const more = this.isCut && !this.wanted.length && el("li", {}, button(t("olderThreads"), () => this.more(this.most + PAGE), { class: "thread" }));
    fill(this.list, found.map((thread) => this.row(thread)), none, more);
  }

  row({ thread_id: id, metadata, updated_at: when }) {
    const title = clean(metadata?.title ?? "").trim() || t("untitled");
    return el("li", {},
      el("a", { href: address(id), class: "thread", aria: id === this.current ? { current: "page" } : {}, on: { click: (event) => this.follow(event, id) } },
        el("span", { class: "name" }, metadata?.pinned && icon("pin"), metadata?.pinned && el("span", { class: "unseen" }, t("pinned"), " "), title), el("span", { class: "when" }, ago(when))),
      button(t("manage", { title: title.slice(0, 60) }), () => this.manage(id, title), { sign: "more", quiet: true, class: "round" }));
  }

  /** Open a conversation without loading the page anew, unless it is to be opened elsewhere. */
  follow(event, id) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.does.open(id);
  }

  async manage(id, title = this.title(id) ?? "") {
    const { pinned } = this.threads.find((one) => one.thread_id === id)?.metadata ?? {};
    (await import("./thread.js")).openThread({ id, title, pinned }, { told: (more) => this.learned(id, more), gone: () => this.gone(id), share: this.does.share });
  }

  /** Take over what has changed of a conversation. */
  learned(id, more) {
    const thread = this.threads.find((one) => one.thread_id === id);
    thread.metadata = { ...thread.metadata, ...more };
    this.show();
  }

  gone(id) {
    this.threads = this.threads.filter((thread) => thread.thread_id !== id);
    this.show();
    this.does.gone(id);
  }
}
