/* Documents on their way into the index: sent, read, cancelled, tried again. It goes on while its dialog is closed. */

import { ApiError, ask, call, events, pause } from "./api.js";
import { clean } from "./dom.js";

const UPLOAD = /^upload:/;
const OVER = ["added", "same", "failed", "cancelled"];
const MOST_WAITS = 3;

/** What a reference is called. */
export const named = (reference) => clean(reference).replace(UPLOAD, "");

/** All that was added since the page was opened, one after another. `heard`: runs at each change. */
class Indexing extends EventTarget {
  jobs = [];
  leave = null;

  get busy() {
    return this.leave !== null;
  }

  /** Take in files, addresses and texts: `{ name }` with a `file`, an `address` or a `text`. */
  add(wanted) {
    this.jobs.push(...wanted.map((one) => ({ ...one, state: "waiting", done: 0, why: null })));
    return this.run();
  }

  retry(job) {
    Object.assign(job, { state: "waiting", done: 0, why: null });
    return this.run();
  }

  dismiss(job) {
    this.jobs = this.jobs.filter((one) => one !== job);
    this.changed();
  }

  /** Stop what is being read, and begin none of the others. */
  cancel() {
    for (const job of this.jobs) if (!OVER.includes(job.state)) job.state = "cancelled";
    this.leave?.abort();
    this.changed();
  }

  changed(kind = "changed") {
    this.dispatchEvent(new Event(kind));
  }

  async run() {
    this.changed();
    if (this.busy) return;
    let job;
    while ((job = this.jobs.find((one) => one.state === "waiting"))) {
      this.leave = new AbortController();
      await this.read(job);
      this.changed("read");
    }
    this.leave = null;
    this.changed("over");
  }

  async read(job) {
    for (let waits = 0; ; waits += 1) {
      try {
        await this.index(job, this.leave.signal);
        return;
      } catch (error) {
        if (error.name === "AbortError") return;
        if (!(error instanceof ApiError)) throw error;
        if (error.status !== 429 || waits >= MOST_WAITS) return this.ended(job, "failed", { error });
        await pause(error.wait || 5);
        if (job.state === "cancelled") return;
      }
    }
  }

  /** Index one document; a run of its own, so that what is wrong with one keeps no other out. */
  async index(job, signal) {
    job.state = "reading";
    this.changed();
    if (job.file && !job.reference) job.reference = await sent(job.file, signal);
    const place = job.reference ?? job.address;
    const input = place ? { documents: [place] } : { texts: [{ title: job.name, text: job.text }] };
    const body = { assistant_id: "indexing", input, stream_mode: ["custom"], on_disconnect: "cancel" };
    for await (const { event, data } of events(await call("POST", "/runs/stream", { body, signal }))) {
      if (event === "error") return this.ended(job, "failed", { kind: job.address ? "address" : "unreadable" });
      if (data?.event === "indexing") job.done = data.done;
      if (data?.event === "indexed") this.indexed(job, data.report);
      this.changed();
    }
    if (job.state === "reading") throw new ApiError(0, "the stream ended early");
  }

  indexed(job, { added = 0, changed = 0, unchanged = 0, failures = [] }) {
    if (added || changed) this.ended(job, "added");
    else if (unchanged) this.ended(job, "same");
    else this.ended(job, "failed", { kind: failures[0]?.kind ?? "unreadable" });
  }

  ended(job, state, why = null) {
    if (job.state !== "cancelled") Object.assign(job, { state, why });
    this.changed();
  }
}

/** The one there is. */
export const indexing = new Indexing();

async function sent(file, signal) {
  const form = new FormData();
  form.append("files", file, file.name);
  return (await ask("POST", "/documents", { form, signal })).documents[0].reference;
}
