/* The server's API: requests, streams, and what went wrong in words that say what to do. */

import { clean } from "./dom.js";
import { t } from "./words.js";

const SIGNED_IN = "stylegraph-signed-in";

/** Whether this browser has shown a key: it has a session then, which no script sees, for all its tabs. */
export const signedIn = () => localStorage.getItem(SIGNED_IN) !== null;

/** Show a key once; the server gives the browser a session for it. */
export async function signIn(key) {
  await call("POST", "/session", { headers: { Authorization: `Bearer ${key}` } });
  localStorage.setItem(SIGNED_IN, "true");
}

/** Let the browser forget its session. */
export async function signOut() {
  await call("DELETE", "/session");
  localStorage.removeItem(SIGNED_IN);
}

/** What went wrong. `status`: the answer's, or 0 where there was none. */
export class ApiError extends Error {
  constructor(status, detail = "", wait = 0) {
    super(detail || String(status));
    this.status = status;
    this.detail = clean(detail).slice(0, 500);
    this.wait = wait;
  }

  /** Whether the server could not be reached, or was going down or coming up. */
  get lost() {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }

  /** What to say of it. */
  get told() {
    if (this.status === 0) return t(navigator.onLine ? "error.lost" : "error.offline");
    if (this.status === 400 && this.detail) return this.detail;
    const known = t(`error.${this.status}`, { detail: this.detail });
    if (known) return known;
    return this.status >= 500 ? t("error.500") : t("error.other", { detail: this.detail });
  }
}

/** Ask the server; gives the answer as it comes. */
export async function call(method, path, { body, form, headers = {}, signal } = {}) {
  const sent = { ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers: sent, signal, body: form ?? (body === undefined ? undefined : JSON.stringify(body)) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, error.message);
  }
  if (!answer.ok) throw await failure(answer);
  return answer;
}

/** Ask the server for data. */
export async function ask(method, path, options) {
  const answer = await call(method, path, options);
  return answer.status === 204 ? null : answer.json().catch(() => null);
}

async function failure(answer) {
  let detail = "";
  try {
    const told = await answer.json();
    detail = typeof told.detail === "string" ? told.detail : (told.detail?.message ?? told.message ?? "");
  } catch {
    /* it said nothing that can be read */
  }
  const wait = Number(answer.headers.get("Retry-After")) || 0;
  if (answer.status === 401) dispatchEvent(new Event("key-needed"));
  return new ApiError(answer.status, String(detail), wait);
}

/** The events of a stream: `{ event, data, id }`, one after another. A stream that breaks off raises ApiError(0). */
export async function* events(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parsed(block);
        if (event) yield event;
      }
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, error.message);
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parsed(block) {
  const event = { event: "message", data: null, id: null };
  const data = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "data") data.push(value);
    else if (field === "event" || field === "id") event[field] = value;
  }
  if (!data.length) return null;
  try {
    event.data = JSON.parse(data.join("\n"));
  } catch {
    return null;
  }
  return event;
}

/** Wait; ends early when the browser is online again. */
export const pause = (seconds) =>
  new Promise((done) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener("online", over);
      done();
    };
    const timer = setTimeout(over, seconds * 1000);
    addEventListener("online", over);
  });
