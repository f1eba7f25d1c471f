/* What was asked, on the page: its words, its pictures, and a form to put it in other words. */

import { button, el } from "./dom.js";
import { photo } from "./photo.js";
import { show } from "./pictures.js";
import { t } from "./words.js";

/** A question as it was sent; `edit()` begins to change it, absent where that can't be. */
export function question({ text, pictures }, edit) {
  return el("div", { class: "question" },
    el("h2", { class: "unseen" }, t("you")),
    sent(pictures),
    el("div", { class: "asked" },
      edit && button(t("edit"), edit, { sign: "edit", quiet: true, class: "round small-round edit" }),
      text && el("p", {}, text)));
}

/** The form that changes a question. `does`: `send(text)`, `leave()`. */
export function questionForm({ text, pictures }, does) {
  const field = el("textarea", { rows: 2, maxlength: 20000, aria: { label: t("editLabel") } });
  field.value = text;
  const submit = (event) => {
    event.preventDefault();
    if (field.value.trim() || pictures.length) does.send(field.value.trim());
  };
  const form = el("form", { class: "question editing", on: { submit } }, el("h2", { class: "unseen" }, t("you")), sent(pictures), field,
    el("p", { class: "quiet" }, t("editMore")),
    el("div", { class: "actions" }, button(t("cancel"), does.leave, { class: "soft" }), el("button", { type: "submit", class: "primary" }, t("send"))));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") does.leave();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (event.target === field) submit(event);
  });
  return form;
}

const sent = (pictures) => pictures.length > 0 && el("div", { class: "sent" }, pictures.map(sentPicture));

function sentPicture(picture) {
  const image = el("img", { alt: t("picture"), width: 160, height: 160 });
  const frame = photo(image, t("picture"));
  if (picture.url) image.src = picture.url;
  else show(image, `/pictures/${encodeURIComponent(picture.digest)}`, () => frame.remove());
  return frame;
}
