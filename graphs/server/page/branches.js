/* Where a conversation forks: a question that is asked again leaves its former answer, and what followed it, as a branch. */

/** The states of one thread that have been read, and the branches that they make. */
export class Branches {
  constructor() {
    this.states = new Map(); // id of a state -> what it goes on from, its newest question, and its answer if it ends in one
  }

  take(states) {
    for (const { checkpoint, parent_checkpoint: parent, next, values } of states) {
      const messages = values?.messages ?? [];
      const last = messages.at(-1);
      const asked = messages.findLast(({ type }) => type === "human")?.id ?? null;
      const answer = !next?.length && last?.type === "ai" ? last.id : null;
      this.states.set(checkpoint.checkpoint_id, { id: checkpoint.checkpoint_id, parent: parent?.checkpoint_id ?? null, asked, answer });
    }
  }

  /** The answers in the place of `answer`, itself among them, the oldest first; none where it is alone. `end`: the newest state that goes on from one. */
  of(answer) {
    const ends = [...this.states.values()].filter((state) => state.answer).sort((one, other) => (one.id < other.id ? -1 : 1)); // ids grow with time
    const mine = ends.findLast((state) => state.answer === answer);
    if (!mine) return [];
    const beside = ends.filter((state) => this.place(state) === this.place(mine));
    if (beside.length < 2) return [];
    return beside.map((state) => ({ answer: state.answer, end: ends.findLast((end) => this.leads(state, end)).id }));
  }

  /** Whether a state goes on from another, or is it. */
  leads(from, state) {
    for (let one = state; one; one = this.states.get(one.parent)) if (one.id === from.id) return true;
    return false;
  }

  /** The state that a question was asked in: the newest before it. */
  place(state) {
    let one = state;
    while (this.states.get(one.parent)?.asked === state.asked) one = this.states.get(one.parent);
    return one.parent;
  }
}
