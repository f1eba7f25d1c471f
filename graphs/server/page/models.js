/* Who answers: the assistants that whoever is here may use, chosen where there are several. */

import { ask } from "./api.js";
import { clean, el, fill } from "./dom.js";

const KEPT = "stylegraph-assistant";
const OURS = "assistant"; // the graph's own, which every server has

/** The choice in `select`, which stands in `place`: shown where there is one. */
export class Models {
  constructor(select, place) {
    this.select = select;
    this.place = place;
    this.all = [];
    select.addEventListener("change", () => this.choose(select.value));
  }

  /** Whose answers are asked for. */
  get chosen() {
    return this.all.length > 1 ? this.select.value : OURS;
  }

  async load() {
    const found = await ask("POST", "/assistants/search", { body: { graph_id: OURS, limit: 50, select: ["assistant_id", "name", "metadata"] } }).catch(() => []);
    this.all = found.map(({ assistant_id: id, name, metadata }) => (metadata?.created_by === "system" ? { id: OURS, name: "stylegraph" } : { id, name: clean(name) }));
    this.all.sort((one, other) => (other.id === OURS) - (one.id === OURS) || one.name.localeCompare(other.name));
    this.place.hidden = this.all.length < 2;
    fill(this.select, this.all.map(({ id, name }) => el("option", { value: id }, name)));
    const kept = localStorage.getItem(KEPT);
    this.select.value = this.all.some(({ id }) => id === kept) ? kept : OURS;
  }

  choose(id) {
    this.select.value = id;
    localStorage.setItem(KEPT, id);
  }
}
