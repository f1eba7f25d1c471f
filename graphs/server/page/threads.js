/* The conversations there are: opened, deleted, named by their first question. */

import { ask, call } from "./api.js";
import { button, clean, el, fill } from "./dom.js";
import { confirmed } from "./dialog.js";
import { complain } from "./saying.js";
import { ago, t } from "./words.js";

const MOST = 100;

/** Where a conversation is found. */
export const address = (id) => `/?thread=${id}`;

/** The list at the side. `does`: `open(id)`, `gone(id)`. */
export class Threads {
  constructor(list, does) {
    this.list = list;
    this.does = does;
    this.threads = [];
    this.current = null;
  }

  async load() {
    this.threads = await ask("POST", "/threads/search", {
      body: { metadata: { made_by: "page" }, limit: MOST, sort_by: "updated_at", sort_order: "desc", select: ["thread_id", "metadata", "updated_at"] },
    });
    this.show();
  }

  /** Put a conversation that has just begun on top. */
  began(id, title) {
    this.threads.unshift({ thread_id: id, metadata: { title }, updated_at: new Date().toISOString() });
    this.mark(id);
  }

  mark(id) {
    this.current = id;
    this.show();
  }

  show() {
    if (!this.threads.length) {
      fill(this.list, el("li", { class: "none" }, t("noThreads")));
      return;
    }
    fill(this.list, this.threads.map((thread) => this.row(thread)));
  }

  row({ thread_id: id, metadata, updated_at: when }) {
    const title = clean(metadata?.title ?? "").trim() || t("untitled");
    return el("li", {},
      el("a", { href: address(id), class: "thread", aria: id === this.current ? { current: "page" } : {}, on: { click: (event) => this.follow(event, id) } },
        el("span", { class: "name" }, title), el("span", { class: "when" }, ago(when))),
      button(t("remove", { title: title.slice(0, 60) }), () => this.remove(id), { sign: "bin", quiet: true, class: "round" }));
  }

  /** Open a conversation without loading the page anew, unless it is to be opened elsewhere. */
  follow(event, id) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.does.open(id);
  }

  async remove(id) {
    if (!(await confirmed(t("removeAsk"), t("removeSure"), t("removeYes")))) return;
    try {
      await call("DELETE", `/threads/${id}`);
    } catch (error) {
      if (error.status !== 404) return complain(error);
    }
    this.threads = this.threads.filter((thread) => thread.thread_id !== id);
    this.show();
    this.does.gone(id);
  }
}
