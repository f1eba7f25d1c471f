/* What a person thinks of an answer: two thumbs and a reason, kept on the server with the turn, and taken back at will. */

import { ask, call } from "./api.js";
import { button, clean, el, fill, icon } from "./dom.js";
import { announce, complain } from "./saying.js";
import { t } from "./words.js";

const THUMBS = [["up", "thumb"], ["down", "thumbDown"]];
const REASONS = ["wrong", "beside", "source", "long"];
let given = null; // answer's id -> verdict; null where the server keeps none

/** Learn what was said of answers; none can be given before, nor where nothing is kept. */
export async function learn() {
  given = null;
  const { verdicts } = await ask("GET", "/verdicts?brief=true");
  given = new Map(verdicts.map((one) => [one.message, one]));
  dispatchEvent(new Event("verdicts"));
}

/** Take back what was said of an answer, or of all. */
export async function takeBack(message = null) {
  await call("DELETE", message ? `/verdicts/${encodeURIComponent(message)}` : "/verdicts");
  if (message) given?.delete(message);
  else given?.clear();
  dispatchEvent(new Event("verdicts"));
}

/** The thumbs of one answer. `find()` gives its thread and the id of its message, `text()` its words. */
export class Thumbs {
  constructor(find, text) {
    this.find = find;
    this.text = text;
    this.message = null;
    this.asking = false;
    this.buttons = el("span", { class: "thumbs", role: "group", aria: { label: t("verdict") } });
    this.more = el("div", { class: "verdict" });
    this.paint();
  }

  /** What was said of it; that another was asked for says nothing. */
  get verdict() {
    const kept = given?.get(this.message);
    return kept && kept.rating !== "again" ? kept : null;
  }

  /** Keep that another answer was asked for, where nothing was said of this one; it must hinder nobody who asks. */
  async again() {
    if (!given || this.verdict) return;
    try {
      const { thread, message } = await this.find();
      given.set(message, await ask("POST", "/verdicts", { body: { thread, message, rating: "again" } }));
    } catch {
      /* it is not kept then */
    }
  }

  /** Say everything again: in another language, or once more is known. `message`: the answer's id, where it is known. */
  paint(message = this.message) {
    this.message = message;
    const { verdict } = this;
    this.buttons.hidden = !given;
    const wasIn = document.activeElement?.closest?.(".thumbs") === this.buttons ? document.activeElement.dataset.rating : null;
    fill(this.buttons, THUMBS.map(([rating, sign]) => button(t(`thumb.${rating}`), () => this.tap(rating),
      { sign, quiet: true, class: "round small-round", data: { rating }, aria: { pressed: String(verdict?.rating === rating) } })));
    if (wasIn) this.buttons.querySelector(`[data-rating=${wasIn}]`).focus();
    if (this.asking) return;
    fill(this.more, verdict && el("p", { class: "quiet" }, verdict.reason ? t("verdictReason", { reason: clean(verdict.reason) }) : t(`thanks.${verdict.rating}`),
      " ", button(t(verdict.reason ? "verdictChange" : "verdictWhy"), () => this.askWhy(verdict.rating), { class: "plain" }),
      button(t("verdictUndo"), () => this.undo(), { class: "plain" })));
  }

  /** A tapped thumb counts at once; the reason is asked for after. The same thumb once more takes it back. */
  async tap(rating) {
    if (this.verdict?.rating === rating) return this.undo();
    if (await this.give(rating, "")) this.askWhy(rating);
  }

  async give(rating, reason, better = "") {
    return this.attempt(async () => {
      const { thread, message } = await this.find();
      given.set(message, await ask("POST", "/verdicts", { body: { thread, message, rating, reason, better } }));
      this.paint(message);
      announce(t(`thanks.${rating}`));
    });
  }

  undo() {
    this.asking = false;
    return this.attempt(async () => {
      await takeBack(this.message);
      this.paint();
      announce(t("verdictGone"), { shown: true });
    });
  }

  askWhy(rating) {
    this.asking = true;
    const field = el("input", { type: "text", maxlength: 1000, autocomplete: "off", aria: { label: t("verdictLabel") }, placeholder: t(`verdictAsk.${rating}`) });
    field.value = this.verdict?.reason ?? "";
    const leave = () => ((this.asking = false), this.paint(), this.buttons.querySelector("[aria-pressed=true]")?.focus());
    const better = rating === "down" && this.better();
    const send = async (reason) => (await this.give(rating, reason.trim(), better ? better.told() : "")) && leave();
    const chips = rating === "down" && el("div", { class: "choices", role: "group", aria: { label: t("verdictLabel") } },
      REASONS.map((name) => button(t(`reasons.${name}`), () => send(t(`reasons.${name}`)), { class: "chip" })));
    const form = el("form", { on: { submit: (event) => (event.preventDefault(), send(field.value)) } }, field,
      el("button", { type: "submit", class: "primary" }, t("verdictSend")), button(t("verdictSkip"), leave, { class: "soft" }));
    form.addEventListener("keydown", (event) => event.key === "Escape" && (event.stopPropagation(), leave()));
    fill(this.more, chips, better && better.node, form);
    field.focus({ preventScroll: false });
  }

  /** The answer, to be put as it should have been; `told()`: nothing where it was left as it is. */
  better() {
    const text = this.text();
    const field = el("textarea", { rows: 5, maxlength: 20000, aria: { label: t("verdictBetter") } });
    field.value = this.verdict?.better || text;
    const told = () => (field.value.trim() === text.trim() ? "" : field.value.trim());
    return { told, node: el("details", { class: "better" }, el("summary", {}, t("verdictBetter"), icon("down")), field) };
  }

  async attempt(run) {
    try {
      await run();
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  }
}
