/* What a person thinks of items: kept on the server, and the same on every card of an item. */

import { ask } from "./api.js";

const known = { liked: new Set(), disliked: new Set() };

/** Take over what the server knows; gives it. */
export function take({ profile, items }) {
  known.liked = new Set(profile.liked ?? []);
  known.disliked = new Set(profile.disliked ?? []);
  for (const group of document.querySelectorAll("[data-opinion-on]")) paint(group);
  return { profile, items };
}

/** Learn what is known, so that every card shows it. */
export const learn = async () => take(await ask("GET", "/profile"));

/** Say what is thought of an item: "like", "dislike", or null for nothing any more. */
export const judge = async (item, feedback) => take(await ask("POST", "/feedback", { body: { item, feedback } }));

export const opinion = (item) => (known.liked.has(item) ? "like" : known.disliked.has(item) ? "dislike" : null);

/** Show what is thought of the item that a group of buttons is about. */
export function paint(group) {
  const thought = opinion(group.dataset.opinionOn);
  for (const one of group.querySelectorAll("[data-feedback]")) {
    one.setAttribute("aria-pressed", String(one.dataset.feedback === thought));
  }
  group.closest(".card")?.classList.toggle("disliked", thought === "dislike");
}
