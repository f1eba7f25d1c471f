/* Recommended pieces as cards, and an outfit as a board. */

import { button, clean, el, icon, isWeb, link } from "./dom.js";
import { photo as enlarged } from "./photo.js";
import { judge, opinion, paint } from "./opinions.js";
import { show } from "./pictures.js";
import { announce, complain } from "./saying.js";
import { price, sum, t } from "./words.js";

const HEX = /^#[0-9a-f]{6}$/i;

/** The items of a reply as a set that belongs together, where they are one. */
export const itemSet = (reply) => Object.values(reply?.artifacts ?? {}).find((made) => made.kind === "item_set") ?? null;

/** Where a piece is shown by itself. */
export const pieceAddress = (id) => `/?piece=${encodeURIComponent(id)}`;

/** Recommended pieces. `evidence`: of the reply, which holds all that is known of them; null: for a reader, who can only look. */
export function picks(items, evidence, title = t("picks")) {
  return section(title, null, el("ul", { class: "grid" }, items.map((item) => el("li", { class: "card" }, card(item, evidence)))));
}

/** An outfit. `before`: the one that it changed, if any; `swap(text)` asks for another piece, absent where that is past. */
export function board(outfit, before, swap, evidence) {
  const worn = new Map((before?.pieces ?? []).map((piece) => [piece.slot, piece.item.id]));
  const pieces = outfit.pieces.map((piece) => {
    const isNew = worn.has(piece.slot) && worn.get(piece.slot) !== piece.item.id;
    return el("li", { class: `card piece${isNew ? " new" : ""}`, data: { slot: piece.slot } },
      el("p", { class: "slot" }, el("span", {}, piece.label), isNew && el("span", { class: "badge" }, t("swapped"))),
      card(piece.item, evidence),
      instead(piece.alternatives),
      swap && button(t("swap"), () => swap(swapWords(piece)), { sign: "swap", class: "soft swap", aria: { label: slotted("swapSlot", piece) } }));
  });
  const total = typeof outfit.total_krw === "number" ? t("total", { sum: sum(outfit.total_krw) }) : null;
  const whole = outfit.reasons.length
    ? el("div", { class: "whole" }, el("h4", {}, t("whole")), reasons(outfit.reasons.map((reason) => reason.text)))
    : null;
  return section(t("outfit"), total, el("ul", { class: `board pieces-${Math.min(6, pieces.length)}` }, pieces), whole);
}

const swapWords = (piece) => t(`swapAsk.${piece.slot}`) ?? slotted("swapOther", piece);
const slotted = (phrase, piece) => t(phrase, { slot: clean(piece.label).toLowerCase() });

const section = (title, beside, ...content) =>
  el("div", { class: "shown", role: "group", aria: { label: title } }, el("h3", {}, title, beside && el("span", {}, beside)), content);

function card(item, evidence) {
  const reads = evidence === null;
  return [
    photo(item, { beside: reads ? undefined : () => known(item, evidence) }),
    el("h4", {}, reads ? link(item.name, item.url, { class: "name" }) : el("a", { href: pieceAddress(item.id), class: "name", data: { inside: "" } }, item.name)),
    el("div", { class: "buy" }, el("p", { class: "price" }, price(item)), !reads && opinions(item)),
    swatches(item.swatches ?? []),
    reasons((item.reasons ?? []).map((reason) => reason.text)),
    small("missed", item.missed ?? []),
    small("inferred", item.inferred ?? []),
  ];
}

/** All that is known of a piece, as its dialog shows it. */
function known(item, evidence) {
  const facts = evidence.find((found) => found.data?.item?.id === item.id)?.text ?? "";
  return [
    el("p", { class: "price" }, price(item)),
    opinions(item),
    swatches(item.swatches ?? []),
    reasons((item.reasons ?? []).map((reason) => reason.text)),
    small("missed", item.missed ?? []),
    small("inferred", item.inferred ?? []),
    facts && el("p", { class: "facts" }, facts),
    el("div", { class: "choices" },
      el("a", { href: pieceAddress(item.id), class: "soft button", data: { inside: "" } }, icon("hanger"), t("pieceOpen")),
      isWeb(item.url) && link([icon("globe"), t("atShop")], item.url, { class: "soft button" })),
  ];
}

export function photo(item, { alt = t("photoOf", { name: clean(item.name) }), beside } = {}) {
  const frame = el("div", { class: "photo" });
  if (!item.image) return blank(frame, item);
  const image = el("img", { alt, loading: "lazy", decoding: "async", width: 400, height: 500 });
  show(image, `/photos/${encodeURIComponent(item.id)}`, () => blank(frame, item));
  frame.append(alt ? enlarged(image, clean(item.name), beside) : image);
  return frame;
}

/** Colours in the place of a photo. */
function blank(frame, item) {
  const colours = (item.swatches ?? []).filter((swatch) => HEX.test(swatch.hex ?? ""));
  frame.replaceChildren(...(colours.length ? colours.map((swatch) => dyed("i", swatch.hex)) : [icon("hanger")]));
  frame.classList.add("blank");
  frame.setAttribute("role", "img");
  frame.setAttribute("aria-label", t("noPhoto"));
  return frame;
}

function dyed(name, hex) {
  const node = el(name, { class: "dyed" });
  node.style.backgroundColor = hex;
  return node;
}

export const swatches = (colours) =>
  colours.length > 0 &&
  el("ul", { class: "swatches" },
    colours.map((colour) => el("li", {}, HEX.test(colour.hex ?? "") && dyed("i", colour.hex), colour.name)));

const reasons = (texts) => texts.length > 0 && el("ul", { class: "reasons" }, texts.map((text) => el("li", {}, icon("check"), text)));

export const small = (label, texts) =>
  texts.length > 0 && el("p", { class: "small" }, el("b", {}, t(label)), " ", texts.join(" · "));

function instead(items) {
  if (!items?.length) return null;
  const shown = items.slice(0, 3).map((item) => el("li", {}, photo(item, { alt: "" }), el("span", {}, item.name), el("span", { class: "price" }, price(item))));
  return el("details", { class: "instead" }, el("summary", {}, t("instead"), icon("down")), el("ul", {}, shown));
}

export function opinions(item) {
  const group = el("div", { class: "opinions", role: "group", aria: { label: clean(item.name) }, data: { opinionOn: item.id } },
    opinionButton(item, "like", "heart"), opinionButton(item, "dislike", "never"));
  queueMicrotask(() => paint(group));
  return group;
}

function opinionButton(item, feedback, sign) {
  const say = async () => {
    const taken = opinion(item.id) === feedback;
    try {
      await judge(item.id, taken ? null : feedback);
      announce(t(taken ? "undone" : `${feedback}d`, { name: clean(item.name) }), { shown: true });
    } catch (error) {
      complain(error);
    }
  };
  return button(t(feedback), say, { sign, quiet: true, class: `round ${feedback}`, data: { feedback }, aria: { pressed: "false" } });
}
