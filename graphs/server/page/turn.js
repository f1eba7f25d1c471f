/* One question and its answer, on the page. */

import { copyButton } from "./copy.js";
import { button, clean, el, fill, icon, link } from "./dom.js";
import { board, itemSet, picks } from "./items.js";
import { linksOf, markdown, withoutCards } from "./markdown.js";
import { question, questionForm } from "./question.js";
import { Thumbs } from "./verdicts.js";
import { spoken, t } from "./words.js";
import { details, steps } from "./way.js";

/** What a turn knows before anything has happened. */
export const unseen = () => ({ lookingUp: null, sources: new Map(), draft: "", graded: null, revising: [] });

/** Take over one event of the stream. */
export function take(turn, event) {
  const { seen } = turn;
  if (event.event === "looking_up") Object.assign(seen, { lookingUp: event, draft: "" }); // what was said before is no draft
  else if (event.event === "looking") seen.sources.set(event.route, { found: null });
  else if (event.event === "evidence") seen.sources.set(event.route, { found: event.evidence.length });
  else if (event.event === "draft") seen.draft = (seen.graded ? "" : seen.draft) + event.text;
  else if (event.event === "graded") seen.graded = event.grade;
  else if (event.event === "revising") seen.revising.push(event);
  else if (event.event === "reply") turn.reply = event.reply;
  if (event.event === "draft" || event.event === "looking") seen.graded = null;
}

/** Shows a turn; `does`: `ask(text)`, `retry(turn)`, `again(turn, text)`, `documents()`, `find(turn)`, `branches(turn)`; nothing of it for who only reads. */
export class TurnView {
  constructor(turn, does) {
    this.turn = turn;
    this.does = does;
    this.way = el("ol", { class: "way" });
    this.body = el("div", { class: "body" });
    this.editing = false;
    this.thumbs = new Thumbs(() => does.find(turn), () => turn.reply.text);
    this.node = el("li", { class: "turn", tabindex: "-1" }, el("div"), el("article", { class: "answer", tabindex: "-1", aria: { label: t("assistant") } }, this.way, this.body));
    this.paint();
  }

  /** Show what has changed, at most once a frame. */
  changed() {
    this.due ??= requestAnimationFrame(() => {
      this.due = null;
      this.paint();
    });
  }

  /** Say everything again: in another language, or as what is no longer the newest turn. */
  again() {
    this.asked = null;
    this.paint();
  }

  /** Show the question, or the form that changes it, where that is not what stands there. */
  paintQuestion() {
    const { turn } = this;
    const asked = this.editing ? "editing" : turn.state === "running" ? "running" : "still";
    if (this.asked === asked) return;
    this.asked = asked;
    const shown = this.editing
      ? questionForm(turn, { send: (text) => this.does.again(turn, text), leave: () => this.edit(false) })
      : question(turn, asked === "still" && this.does.again ? () => this.edit(true) : null);
    this.node.replaceChild(shown, this.node.firstChild);
  }

  edit(editing) {
    this.editing = editing;
    this.paintQuestion();
    this.node.firstChild.querySelector(editing ? "textarea" : ".edit")?.focus();
  }

  paint() {
    const { turn } = this;
    const running = turn.state === "running";
    this.node.dataset.state = turn.state;
    this.way.hidden = !running;
    this.paintQuestion();
    if (running) this.paintSteps();
    fill(this.body, turn.reply ? this.reply() : this.draft(), this.trouble());
  }

  /** Change only the steps that are not as they were, so that each moves once. */
  paintSteps() {
    const now = new Map([...this.way.children].map((node) => [node.dataset.step, node]));
    const next = steps(this.turn);
    next.forEach((node, place) => {
      const before = now.get(node.dataset.step);
      if (before?.className.replace(" settled", "") === node.className && before.textContent === node.textContent) {
        next[place] = before;
      } else if (before) node.classList.add("settled");
    });
    this.way.replaceChildren(...next);
  }

  draft() {
    const { turn } = this;
    if (!turn.seen.draft || turn.state !== "running") return null;
    return el("div", { class: "draft" }, el("p", { class: "label" }, t("draft")), el("div", { class: "text" }, markdown(turn.seen.draft)));
  }

  trouble() {
    const { turn } = this;
    if (turn.waiting) return el("p", { class: "trouble" }, icon("again"), el("span", {}, turn.waiting));
    if (turn.state === "stopped") return el("div", { class: "trouble" }, icon("stop"), el("span", {}, t("stopped")), this.retry());
    if (!turn.error) return null;
    return el("div", { class: "trouble bad" }, icon("note"), el("span", {}, turn.error.told, turn.error.wait > 0 && this.countdown()), this.retry(turn.error.wait));
  }

  countdown() {
    const { error } = this.turn;
    error.until ??= Date.now() + error.wait * 1000;
    const node = el("span", { class: "countdown" });
    const tell = () => {
      const left = Math.ceil((error.until - Date.now()) / 1000);
      node.textContent = ` ${left > 0 ? t("wait", { n: left }) : t("waitNow")}`;
      const retry = this.node.querySelector(".retry");
      if (retry) retry.disabled = left > 0;
      if (left > 0 && (node.isConnected || left === Math.ceil(error.wait))) setTimeout(tell, 500);
    };
    queueMicrotask(tell);
    return node;
  }

  retry() {
    return button(t("retry"), () => this.does.retry(this.turn), { sign: "again", class: "soft retry", title: t("retryHint") });
  }

  reply() {
    const { reply } = this.turn;
    const status = t(`status.${reply.status}`);
    return [
      el("div", { class: "text", lang: reply.language },
        status && el("p", { class: "status" }, status),
        this.said()),
      el("div", { class: "beside", lang: reply.language }, this.notes(), this.choices()),
      this.next(),
      el("div", { lang: reply.language }, this.shown()),
      this.sources(),
      this.acts(),
      this.thumbs.more,
      this.followUps(),
      this.does.find && details(this.turn),
    ];
  }

  /** What can be done with the answer. */
  acts() {
    const { turn } = this;
    this.thumbs.paint(turn.answer);
    return el("div", { class: "acts" },
      copyButton(t("copyAnswer"), () => turn.reply.text),
      turn.latest && button(t("regenerate"), () => this.thumbs.again().then(() => this.does.again(turn, turn.text)), { sign: "again", quiet: true, class: "round small-round" }),
      this.thumbs.buttons,
      this.branches());
  }

  /** The way to other answers in its place. */
  branches() {
    const found = this.turn.state === "done" ? this.does.branches?.(this.turn) : null;
    if (!found) return null;
    const { shown, of, show } = found;
    const step = (by, label, sign) => button(label, () => show(shown + by), { sign, quiet: true, class: "round small-round", disabled: shown + by < 0 || shown + by >= of });
    return el("div", { class: "branches", role: "group", aria: { label: t("branches") } },
      step(-1, t("branchBefore"), "before"), el("span", {}, `${shown + 1}/${of}`), step(1, t("branchAfter"), "after"));
  }

  /** What to do where nothing was found. */
  next() {
    const { reply, latest } = this.turn;
    if (reply.status !== "not_found" || !latest) return null;
    return el("div", { class: "choices", role: "group", aria: { label: t("next") } },
      button(t("otherWords"), () => this.edit(true), { sign: "edit", class: "chip" }),
      button(t("addAbout"), () => this.does.documents(), { sign: "book", class: "chip" }));
  }

  said() {
    const { text, recommendations, evidence } = this.turn.reply;
    return markdown(recommendations.length ? withoutCards(text, recommendations) : text, { cite: (number) => this.cite(number), linked: linksOf(evidence) });
  }

  shown() {
    const { reply, before, latest } = this.turn;
    const made = itemSet(reply);
    const evidence = this.does.find ? reply.evidence : null;
    if (made) return board(made, before, latest ? (text) => this.does.ask(text) : null, evidence);
    return reply.recommendations.length ? picks(reply.recommendations, evidence) : null;
  }

  cite(number) {
    const cited = this.turn.reply.citations[number - 1];
    if (!cited) return null;
    return el("button", { type: "button", class: "cite", aria: { label: t("citation", { n: number, title: clean(cited.title) }) },
      on: { click: async () => (await import("./quote.js")).openQuote(this.turn.reply, number) } }, String(number));
  }

  notes() {
    const { text } = this.turn.reply;
    const notes = this.turn.reply.notes.filter((note) => !text.includes(note.text)); // what the answer says itself stands there once
    return notes.length > 0 && el("ul", { class: "notes", aria: { label: t("notes") } }, notes.map((note) => el("li", {}, icon("note"), el("span", {}, note.text))));
  }

  choices() {
    const { choices } = this.turn.reply;
    if (!choices.length || !this.turn.latest) return null;
    return el("div", { class: "choices", role: "group", aria: { label: t("choices") } },
      choices.map((choice) => button(choice, () => this.does.ask(clean(choice)), { class: "chip" })));
  }

  followUps() {
    const { follow_ups: questions = [], language } = this.turn.reply;
    if (!questions.length || !this.turn.latest) return null;
    return el("div", { class: "choices follow-ups", lang: language, role: "group", aria: { label: t("followUps") } },
      el("p", { class: "label", lang: spoken() }, t("followUps")),
      questions.map((question) => button(clean(question), () => this.does.ask(clean(question)), { sign: "chat", class: "chip" })));
  }

  sources() {
    const { citations } = this.turn.reply;
    if (!citations.length) return null;
    const grouped = new Map();
    citations.forEach((cited, place) => {
      const name = `${cited.url ?? ""} ${cited.title}`;
      grouped.set(name, [...(grouped.get(name) ?? []), place + 1]);
    });
    return el("div", { class: "sources", role: "group", aria: { label: t("sources") } },
      el("h3", {}, t("sources"), el("span", { class: "verified" }, icon("check"), t("verified"))),
      el("ul", {}, [...grouped.values()].map((numbers) => {
        const cited = citations[numbers[0] - 1];
        return el("li", {}, link(cited.title, cited.url, { class: "name" }), el("span", { class: "numbers" }, numbers.map((number) => this.cite(number))));
      })));
  }
}
