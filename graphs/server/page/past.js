/* What a thread holds already: its turns, read from its states, the newest first and a page at a time. */

import { ask } from "./api.js";
import { Branches } from "./branches.js";
import { unseen } from "./turn.js";

const PAGE = 20;

/** The turns of one thread that are not shown yet. `end`: the state that it is read back from; null: its newest. */
export class Past {
  constructor(end = null) {
    this.end = end;
    this.branches = new Branches();
    this.whole = true; // until a state says that there is more
    this.exchanges = null; // every question with its answer, as the state at the end has them
    this.told = new Map(); // answer's id -> what the state says that it ended
    this.before = null;
    this.first = null; // the words of the thread's first question
  }

  /** Read the turns before those that were read; gives them oldest first, none where there are none. */
  async more(thread) {
    let turns = [];
    if (this.end) this.exchanges ??= exchangesOf((await ask("GET", `/threads/${thread}/state/${this.end}`)).values.messages);
    do {
      const after = this.before ? `&before=${this.before}` : "";
      turns = this.take(await ask("GET", `/threads/${thread}/history?limit=${PAGE}${after}`));
    } while (!turns.length && !this.whole);
    return turns;
  }

  /** Take over a page of states. An answer whose state is gone is left with its words. */
  take(states) {
    this.branches.take(states);
    const ended = states.filter((state) => !state.next?.length);
    this.exchanges ??= exchangesOf(ended[0]?.values?.messages ?? []);
    this.first ??= this.exchanges[0] ? spokenOf(this.exchanges[0].question.content) : null;
    for (const { values } of ended) {
      const last = values?.messages?.at(-1);
      if (last?.type === "ai" && values.reply && !this.told.has(last.id)) this.told.set(last.id, values);
    }
    const last = states.at(-1)?.checkpoint?.checkpoint_id;
    const ends = states.length < PAGE || !last || last === this.before;
    this.before = last;
    const known = this.exchanges.findIndex(({ answer }) => this.told.has(answer.id));
    const turns = this.exchanges.splice(ends ? 0 : known < 0 ? this.exchanges.length : known);
    this.whole = ends || !this.exchanges.length;
    return turns.map((one) => this.turn(one));
  }

  /** Learn of the newest states: those that were made since. */
  async learn(thread) {
    this.branches.take(await ask("GET", `/threads/${thread}/history?limit=${PAGE}`));
  }

  turn({ question, answer }) {
    const { reply, routing } = this.told.get(answer.id) ?? {};
    const seen = { ...unseen(), lookingUp: routing ?? null };
    return done({ id: question.id, answer: answer.id, text: spokenOf(question.content), pictures: sent(question), reply: reply ?? bare(answer), seen });
  }
}

/** Where in a thread a question was asked: the id of the state before it; null where that is no longer kept. */
export async function placeBefore(thread, question) {
  const asks = (state) => state.values?.messages?.some((message) => message.id === question);
  let [place, last, page] = [null, null, []];
  do {
    page = await ask("GET", `/threads/${thread}/history?limit=${PAGE}${last ? `&before=${last}` : ""}`);
    const first = page.findLast(asks);
    if (first) place = first.parent_checkpoint?.checkpoint_id ?? null;
    last = page.at(-1)?.checkpoint?.checkpoint_id;
  } while (page.length === PAGE && !(place && !asks(page.at(-1))));
  return place;
}

function exchangesOf(messages) {
  const pairs = messages.map((question, place) => ({ question, answer: messages[place + 1] }));
  return pairs.filter(({ question, answer }) => question.type === "human" && answer?.type === "ai");
}

/** The words of a message. */
export const spokenOf = (content) =>
  typeof content === "string" ? content : (content ?? []).filter((block) => block.type === "text").map((block) => block.text).join("\n");

/** A turn that is over, but for what `fields` say. */
export const done = (fields) => ({ run: null, reply: null, error: null, waiting: null, state: "done", seen: unseen(), pictures: [], ...fields });

const sent = (message) =>
  (message.additional_kwargs?.pictures ?? []).map((reference) => ({ digest: String(reference).replace("picture:", "") }));

/** A reply of which only the words are left. */
const bare = (answer) => ({
  text: spokenOf(answer.content), status: "answered", language: null, routes: [], citations: [], recommendations: [],
  outfit: null, evidence: [], grade: null, spent: { seconds: 0 }, choices: [], notes: [],
});
