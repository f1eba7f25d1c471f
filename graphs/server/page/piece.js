/* A piece by itself: all that is known of it, what is like it, and questions about it. Its address can be opened by whoever may use the server. */

import { ask } from "./api.js";
import { copy } from "./copy.js";
import { button, clean, el, fill, icon, isWeb, link } from "./dom.js";
import { opinions, photo, pieceAddress, picks, small, swatches } from "./items.js";
import { price, spoken, t } from "./words.js";

/** Show a piece in `place`. `does`: `ask(text)`, `write(text)`, `begin()`; gives its name. */
export async function open(place, id, does) {
  fill(place, el("div", { class: "alone", aria: { busy: "true", label: t("loading") }, role: "group" }, el("div", { class: "skeleton photo" }), el("div", { class: "waiting" }, Array.from({ length: 4 }, () => el("div", { class: "skeleton" })))));
  try {
    const known = await ask("GET", `/items/${encodeURIComponent(id)}?language=${spoken()}`);
    fill(place, whole(known, does));
    return clean(known.item.name);
  } catch (error) {
    if (error.status !== 401) fill(place, missing(error, () => open(place, id, does), does));
    return null;
  }
}

const missing = (error, again, does) =>
  el("div", { class: "trouble" }, icon("note"), el("span", {}, error.status === 404 ? t("pieceGone") : error.told),
    error.status === 404 ? button(t("new"), does.begin, { sign: "plus", class: "soft" }) : button(t("retry"), again, { sign: "again", class: "soft" }));

function whole({ item, description, attributes, similar }, does) {
  const name = clean(item.name);
  return [
    el("article", { class: "alone", aria: { label: name } },
      photo(item),
      el("div", { class: "known" },
        el("h2", {}, item.name),
        el("div", { class: "buy" }, el("p", { class: "price" }, price(item)), opinions(item)),
        description && el("p", {}, description),
        swatches(item.swatches ?? []),
        el("dl", {}, attributes.map(([heading, values]) => el("div", {}, el("dt", {}, heading), el("dd", {}, values)))),
        small("inferred", item.inferred ?? []),
        acts(item, name, does))),
    similar.length > 0 && picks(similar, [], t("similar")),
  ];
}

const acts = (item, name, does) =>
  el("div", { class: "choices" },
    button(t("pieceGoes"), () => does.ask(t("pieceGoesAsk", { name })), { sign: "hanger", class: "chip" }),
    button(t("pieceAbout"), () => does.write(t("pieceAboutAsk", { name })), { sign: "chat", class: "chip" }),
    isWeb(item.url) && link([icon("globe"), t("atShop")], item.url, { class: "soft button" }),
    button(t("copyAddress"), () => copy(location.origin + pieceAddress(item.id)), { sign: "share", class: "soft" }));
