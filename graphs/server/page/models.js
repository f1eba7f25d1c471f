/* Who answers: the assistants and the chat models that whoever is here may use, chosen where there are several. */

import { ask } from "./api.js";
import { clean, el, fill } from "./dom.js";

const OURS = "assistant"; // the graph's own, which every server has

/** A choice in `select`, which stands in `place`: shown where there is one, and remembered under the name `kept`. */
export class Choice {
  constructor(select, place, kept) {
    this.select = select;
    this.place = place;
    this.kept = kept;
    this.all = [];
    select.addEventListener("change", () => this.choose(select.value));
  }

  /** What is chosen; nothing where there is no choice. */
  get chosen() {
    return this.all.length > 1 ? this.select.value : null;
  }

  /** Offer `all` of `{ id, name }`, the first where nothing else was chosen. */
  offer(all) {
    this.all = all;
    this.place.hidden = all.length < 2;
    fill(this.select, all.map(({ id, name }) => el("option", { value: id }, name)));
    const kept = localStorage.getItem(this.kept);
    this.select.value = (all.find(({ id }) => id === kept) ?? all[0])?.id;
  }

  choose(id) {
    this.select.value = id;
    localStorage.setItem(this.kept, id);
  }
}

/** The assistants, the server's own first. */
export async function assistants() {
  const found = await ask("POST", "/assistants/search", { body: { graph_id: OURS, limit: 50, select: ["assistant_id", "name", "metadata"] } }).catch(() => []);
  const named = found.map(({ assistant_id: id, name, metadata }) => (metadata?.created_by === "system" ? { id: OURS, name: "stylegraph" } : { id, name: clean(name) }));
  return named.sort((one, other) => (other.id === OURS) - (one.id === OURS) || one.name.localeCompare(other.name));
}
