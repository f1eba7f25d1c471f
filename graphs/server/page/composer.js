/* Where a question is written: words, and pictures that are chosen, taken, pasted or dropped. */

import { button, clean, el, icon } from "./dom.js";
import { MOST, pictureOf, smaller } from "./pictures.js";
import { announce } from "./saying.js";
import { t } from "./words.js";

const DRAFT = "stylegraph-draft:";

/** Forget what was begun, with its pictures: it is for nobody else at this browser. */
export function forgetDrafts() {
  for (const place of Object.keys(sessionStorage)) if (place.startsWith(DRAFT)) sessionStorage.removeItem(place);
}

/** The form at the foot of the page. `does`: `ask(text, pictures)`, `stop()`, `documents(files)`. */
export class Composer {
  constructor(form, does) {
    this.form = form;
    this.does = does;
    this.pictures = [];
    this.busy = false;
    this.text = form.querySelector("textarea");
    this.shown = form.querySelector(".chosen");
    this.send = form.querySelector(".send");
    form.addEventListener("submit", (event) => this.submit(event));
    this.send.addEventListener("click", (event) => this.busy && (event.preventDefault(), this.does.stop()));
    this.text.addEventListener("input", () => this.written());
    this.text.addEventListener("keydown", (event) => this.typed(event));
    this.text.addEventListener("paste", (event) => this.pasted(event));
    for (const input of form.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", async () => {
        await this.add([...input.files]);
        input.value = "";
        this.text.focus();
      });
    }
    for (const opener of form.querySelectorAll("[data-opens]")) {
      opener.addEventListener("click", () => form.querySelector(`#${opener.dataset.opens}`).click());
    }
    this.acceptDrops(document.body);
    this.at(null);
  }

  /** Write for a conversation. What was begun for each stays there until it is sent, also over a reload. */
  at(thread) {
    this.place = DRAFT + (thread ?? "");
    const { text = "", urls = [] } = JSON.parse(sessionStorage.getItem(this.place) ?? "{}");
    this.text.value = text;
    this.pictures = urls.map(pictureOf);
    this.show();
  }

  /** Write on for the conversation that has just begun. */
  moved(thread) {
    sessionStorage.removeItem(this.place);
    this.place = DRAFT + thread;
    this.keep();
  }

  /** Write something to be gone on with. */
  write(text) {
    this.text.value = text;
    this.written();
    this.text.setSelectionRange(text.length, text.length);
  }

  keep() {
    const [text, urls] = [this.text.value, this.pictures.map((picture) => picture.url)];
    if (!text && !urls.length) return sessionStorage.removeItem(this.place);
    try {
      sessionStorage.setItem(this.place, JSON.stringify({ text, urls }));
    } catch {
      sessionStorage.setItem(this.place, JSON.stringify({ text })); // the pictures are more than a browser keeps
    }
  }

  /** Say whether a question is being answered: the button then stops it. */
  running(busy) {
    this.busy = busy;
    const label = t(busy ? "stop" : "send");
    this.send.replaceChildren(icon(busy ? "stop" : "send"), el("span", { class: "unseen" }, label));
    this.send.title = label;
    this.written();
  }

  /** Say everything again in the language of the page. */
  again() {
    this.running(this.busy);
    this.show();
  }

  written() {
    this.keep();
    this.send.disabled = !this.busy && !this.text.value.trim() && !this.pictures.length;
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 220)}px`;
  }

  typed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  submit(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (this.busy || (!text && !this.pictures.length)) return;
    const { pictures } = this;
    this.pictures = [];
    this.text.value = "";
    this.show();
    this.does.ask(text, pictures);
  }

  async add(files) {
    for (const file of files) {
      if (this.pictures.length >= MOST) {
        announce(t("tooMany", { n: MOST }), { shown: true });
        break;
      }
      const picture = await smaller(file);
      if (picture) this.pictures.push(picture);
      else announce(t("notPicture", { name: clean(file.name).slice(0, 60) }), { shown: true });
    }
    this.show();
  }

  show() {
    this.shown.replaceChildren(...this.pictures.map((picture, place) => el("li", {},
      el("img", { src: picture.url, alt: t("pictureAlt", { n: place + 1 }) }),
      button(t("removePicture", { n: place + 1 }), () => this.remove(place), { sign: "close", quiet: true, class: "round" }))));
    this.shown.hidden = !this.pictures.length;
    this.written();
  }

  remove(place) {
    this.pictures.splice(place, 1);
    this.show();
    this.text.focus();
  }

  pasted(event) {
    const files = [...event.clipboardData.files];
    if (!files.length || event.clipboardData.getData("text/plain")) return; // a table that is copied comes as a picture, too
    event.preventDefault();
    this.take(files);
  }

  /** Take files of any kind: pictures go with the question, all others are documents to be read. */
  async take(files) {
    const pictures = files.filter((file) => file.type.startsWith("image/"));
    const others = files.filter((file) => !pictures.includes(file));
    if (pictures.length) await this.add(pictures);
    if (others.length) this.does.documents(others);
  }

  acceptDrops(area) {
    const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files") && !document.querySelector("dialog[open]");
    area.addEventListener("dragover", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      this.form.classList.add("dropping");
    });
    area.addEventListener("dragleave", (event) => event.relatedTarget === null && this.form.classList.remove("dropping"));
    area.addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      this.form.classList.remove("dropping");
      this.take([...event.dataTransfer.files]);
    });
  }
}
