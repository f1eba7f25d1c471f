/* A conversation: questions are run on the server, watched, rejoined after a break, stopped and asked again. */

import { ApiError, ask, call, events, pause } from "./api.js";
import { clean, newId } from "./dom.js";
import { itemSet } from "./items.js";
import { announce, banner } from "./saying.js";
import { Past, done, placeBefore, spokenOf } from "./past.js";
import { TurnView, take, unseen } from "./turn.js";
import { t } from "./words.js";

const MOST_ATTEMPTS = 12;

/** Makes and shows the turns of one thread in `log`. `told`: `started(id, title)`, `asked(node)`, `branched(node, branches)`, `running(whether)`, `changed()`, `earlier(whether)`, `title(id)`, `ask(text)`, `documents()`, `complain(error)`, `effort()`, `assistant()`, `model()`. */
export class Conversation {
  constructor(log, told) {
    this.log = log;
    this.told = told;
    this.clear();
  }

  get running() {
    return this.turns.some((turn) => turn.state === "running");
  }

  /** What the thread's list says of it: it is called by its first question, or as it was renamed. */
  get named() {
    const first = this.past.first ?? this.turns[0].text;
    return { title: this.told.title(this.thread) ?? (first || t("picture")).slice(0, 120), made_by: "page" };
  }

  clear() {
    this.turns?.forEach((turn) => turn.leave?.abort());
    this.thread = null;
    this.turns = [];
    this.views = new Map();
    this.past = new Past();
    this.log.replaceChildren();
    this.told.running(false);
    this.told.earlier(false);
  }

  /** Show a thread as the server has it, and go on watching what still runs. `end`: the end of a branch; null: the newest. */
  async open(thread, end = null) {
    this.clear();
    this.thread = thread;
    this.past = new Past(end);
    this.log.setAttribute("aria-busy", "true");
    const read = Promise.all([this.past.more(thread), ask("GET", `/threads/${thread}/runs?limit=5`)]);
    const [turns, runs] = await read.finally(() => this.log.removeAttribute("aria-busy"));
    if (this.thread !== thread) return;
    for (const turn of turns) this.add(turn);
    this.told.earlier(!this.past.whole);
    const live = runs.find((run) => run.status === "pending" || run.status === "running");
    if (live) this.watch(this.add(turnOf(live)));
    this.settle();
  }

  /** Show the turns before those that are shown; gives the node of the first of them, if there are any. */
  async earlier() {
    const { thread, past } = this;
    const turns = await past.more(thread);
    if (this.past !== past) return null;
    const views = turns.map((turn) => this.view(turn));
    this.turns.unshift(...turns);
    this.log.prepend(...views.map((view) => view.node));
    this.told.earlier(!past.whole);
    this.settle();
    return views[0]?.node ?? null;
  }

  /** Ask a question, with pictures as `smaller` gives them. */
  ask(text, pictures = []) {
    const last = this.turns.at(-1);
    return this.begin({ text, pictures, from: last && last.state !== "done" ? last.from : this.past.end });
  }

  /** Ask a question once more, as it was or in other words. What followed it stays as a branch. */
  async askAgain(turn, text) {
    if (this.running) return null;
    const from = turn.state === "done" ? await placeBefore(this.thread, turn.id) : turn.from;
    if (turn.state === "done" && !from) throw new ApiError(400, t("cannotGoBack"));
    for (const gone of this.turns.splice(this.turns.indexOf(turn))) {
      this.views.get(gone).node.remove();
      this.views.delete(gone);
    }
    return this.begin({ text, pictures: turn.pictures, from, again: true });
  }

  /** Begin a turn. `from`: the state of the thread that it goes on from, where that is not its newest. */
  begin(asked) {
    this.past.end = null; // it becomes the newest
    const turn = { id: newId(), run: null, reply: null, error: null, waiting: null, state: "running", seen: unseen(), ...asked };
    this.add(turn);
    this.settle();
    this.told.asked(this.views.get(turn).node);
    return this.watch(turn);
  }

  /** The newest turn, once it is answered. */
  get answered() {
    const last = this.turns.at(-1);
    return last?.state === "done" && last.reply ? last : null;
  }

  /** Begin to change the newest question. */
  edit() {
    this.views.get(this.answered).edit(true);
  }

  retry(turn) {
    Object.assign(turn, { error: null, waiting: null, state: "running", run: null, seen: unseen(), reply: null });
    this.settle();
    return this.watch(turn, true);
  }

  /** Stop what runs: the server forgets the question, the page keeps it to be asked again. */
  async stop() {
    const turn = this.turns.find((one) => one.state === "running");
    if (!turn) return;
    turn.state = "stopped";
    turn.waiting = null;
    turn.leave?.abort();
    this.settle();
    announce(t("stopped"));
    try {
      const run = turn.run ?? (await this.runOf(turn))?.run_id;
      if (run) await call("POST", `/threads/${this.thread}/runs/${run}/cancel?wait=false&action=rollback`);
    } catch {
      /* it has ended meanwhile, or the server is away: there is nothing left to stop */
    }
  }

  /** Say everything again in the language of the page. */
  again() {
    for (const view of this.views.values()) view.again();
  }

  /** Show what is thought of each answer. */
  judged() {
    for (const view of this.views.values()) view.thumbs.paint();
  }

  add(turn) {
    this.turns.push(turn);
    this.log.append(this.view(turn).node);
    return turn;
  }

  view(turn) {
    const { ask, documents, complain } = this.told;
    const find = (one) => this.answerOf(one);
    const does = { ask, documents, find, branches: (one) => this.branches(one), retry: (one) => this.retry(one), again: (one, text) => this.askAgain(one, text).catch(complain) };
    const view = new TurnView(turn, does);
    this.views.set(turn, view);
    return view;
  }

  /** What was answered in the place of a turn: how many, the how manieth is shown, and how to see another; null where it is the only one. */
  branches(turn) {
    const all = this.past.branches.of(turn.answer);
    const shown = all.findIndex(({ answer }) => answer === turn.answer);
    return all.length ? { of: all.length, shown, show: (place) => this.branch(all[place]) } : null;
  }

  /** Show the conversation that goes on from another answer. */
  async branch({ answer, end }) {
    if (this.running) return;
    await this.open(this.thread, end).catch(this.told.complain);
    const turn = this.turns.find((one) => one.answer === answer);
    if (turn) this.told.branched(this.views.get(turn).node, this.branches(turn));
  }

  /** Find the answer of a turn: its thread, and the id of its message. */
  async answerOf(turn) {
    const { thread } = this;
    turn.answer ??= answerTo(turn, (await ask("GET", `/threads/${thread}/state`)).values?.messages ?? [])?.id;
    if (!turn.answer) throw new ApiError(404);
    return { thread, message: turn.answer };
  }

  /** Let each turn know its place: what it changed, and whether it is the newest. */
  settle() {
    let outfit = null;
    this.turns.forEach((turn, place) => {
      turn.before = outfit;
      turn.latest = place === this.turns.length - 1;
      outfit = itemSet(turn.reply) ?? (turn.reply?.recommendations.length ? null : outfit);
      this.views.get(turn).changed();
    });
    this.told.running(this.running);
  }

  /** Run a turn until it is answered, stopped or beyond help; the connection may break on the way. */
  async watch(turn, known = false) {
    const { thread } = this;
    turn.leave = new AbortController();
    for (let attempt = 0; ; attempt += 1) {
      try {
        if ((attempt || known) && (await this.recovered(turn))) break;
        await this.follow(turn, () => (attempt = 0));
        break;
      } catch (error) {
        if (error.name === "AbortError" || turn.state !== "running" || this.thread !== (thread ?? this.thread)) return;
        if (!(error instanceof ApiError)) throw error;
        if (!(error.lost || (error.status === 503 && turn.run)) || attempt >= MOST_ATTEMPTS) {
          turn.error = error;
          break;
        }
        await this.waitFor(turn, attempt);
      }
    }
    if (turn.state !== "running") return;
    turn.state = turn.error ? "failed" : "done";
    turn.waiting = null;
    banner(null);
    if (turn.again && !turn.error) await this.fork(turn);
    this.settle();
    announce(turn.error ? turn.error.told : `${t("stages.reply")} ${clean(turn.reply?.text ?? "").replace(/\[\d+\]/g, "")}`);
    this.told.changed();
  }

  /** Learn which other answers stand in the place of a turn that was asked again; without them it is as good. */
  async fork(turn) {
    await Promise.all([this.answerOf(turn), this.past.learn(this.thread)]).catch((error) => {
      if (!(error instanceof ApiError)) throw error;
    });
  }

  async waitFor(turn, attempt) {
    const seconds = Math.min(10, 2 ** Math.min(attempt, 4) / 2);
    turn.waiting = navigator.onLine ? t("reconnecting", { n: attempt + 1, s: seconds }) : t("error.offline");
    this.views.get(turn).changed();
    if (attempt === 0) announce(turn.waiting);
    await pause(seconds);
    if (turn.state !== "running") throw new DOMException("stopped", "AbortError");
  }

  /** Start or join the run and take over its events until it ends. */
  async follow(turn, heard) {
    const answer = turn.run ? await this.join(turn) : await this.start(turn);
    turn.seen = unseen();
    let ended = null;
    for await (const { event, data } of events(answer)) {
      heard();
      if (turn.waiting) announce(t("reconnected"));
      turn.waiting = null;
      if (event === "metadata") turn.run = data.run_id;
      else if (event === "error") ended = new ApiError(400, data.message ?? data.error ?? "");
      else if (event === "custom" && data?.event) this.saw(turn, data);
    }
    if (ended) throw ended;
    if (!turn.reply && !(await this.recovered(turn))) throw new ApiError(0, "the stream ended early");
  }

  saw(turn, event) {
    take(turn, event);
    const said = { looking_up: () => t("stages.looking_up", { routes: event.routes.map((route) => t(`routes.${route}`) ?? route).join(", ") }), revising: () => t("stages.revising") }[event.event];
    if (said) announce(said());
    this.views.get(turn).changed();
  }

  async start(turn) {
    const { signal } = turn.leave;
    if (!this.thread) {
      const thread = newId();
      await call("POST", "/threads", { signal, body: { thread_id: thread, if_exists: "do_nothing", metadata: this.named } });
      this.thread = thread;
      this.told.started(thread, this.named.title);
    }
    return call("POST", `/threads/${this.thread}/runs/stream`, {
      signal,
      body: {
        assistant_id: this.told.assistant(),
        input: { messages: [message(turn)] },
        context: { effort: this.told.effort(), ...(this.told.model() && { model: this.told.model() }) },
        ...(turn.from ? { checkpoint: { thread_id: this.thread, checkpoint_ns: "", checkpoint_id: turn.from } } : {}),
        metadata: { turn: turn.id, ...this.named }, // kept with the answer: a list of threads that was lost is made of it
        stream_mode: ["custom"],
        stream_resumable: true,
        on_disconnect: "continue",
        durability: "exit",
        multitask_strategy: "enqueue",
      },
    });
  }

  join(turn) {
    const { signal } = turn.leave;
    return call("GET", `/threads/${this.thread}/runs/${turn.run}/stream?stream_mode=custom`, { signal, headers: { "Last-Event-ID": "-1" } });
  }

  /** See what became of a turn that may have reached the server: answered, still running, or never begun. */
  async recovered(turn) {
    if (!this.thread) return false;
    const { signal } = turn.leave;
    let state;
    try {
      state = await ask("GET", `/threads/${this.thread}/state`, { signal });
    } catch (error) {
      if (error.status !== 404) throw error;
      this.thread = turn.run = null; // the server began anew without it
      return false;
    }
    const messages = state.values?.messages ?? [];
    const answer = answerTo(turn, messages);
    if (answer && messages.at(-1) === answer) {
      turn.answer = answer.id;
      turn.reply = state.values.reply;
      return true;
    }
    const run = await this.runOf(turn);
    turn.run = run && ["pending", "running"].includes(run.status) ? run.run_id : null;
    return false;
  }

  async runOf(turn) {
    if (!this.thread) return null;
    const runs = await ask("GET", `/threads/${this.thread}/runs?limit=10`, { signal: turn.leave.signal.aborted ? undefined : turn.leave.signal });
    return runs.find((run) => run.metadata?.turn === turn.id) ?? null;
  }
}

/** The message of a thread that answers a turn, if there is one. */
function answerTo({ id }, messages) {
  const next = messages[messages.findIndex((message) => message.id === id) + 1];
  return next?.type === "ai" && next !== messages[0] ? next : null;
}

/** A question as the server takes it: pictures that it has are named, others go along. */
function message({ id, text, pictures }) {
  const kept = pictures.filter((picture) => picture.digest).map((picture) => `picture:${picture.digest}`);
  const blocks = pictures.filter((picture) => picture.base64).map(({ base64, type }) => ({ type: "image", base64, mime_type: type }));
  const content = blocks.length ? [...blocks, ...(text ? [{ type: "text", text }] : [])] : text;
  return { type: "human", id, content, ...(kept.length ? { additional_kwargs: { pictures: kept } } : {}) };
}

/** The turn of a run that is still under way. */
function turnOf(run) {
  const message = run.kwargs?.input?.messages?.at(-1);
  return done({ id: run.metadata?.turn ?? message?.id ?? run.run_id, text: spokenOf(message?.content ?? ""), run: run.run_id, state: "running" });
}
