/* The dialog for documents: what to add, what became of each, and the files that are there. */

import { ask, call } from "./api.js";
import { button, clean, el, fill, icon } from "./dom.js";
import { openDialog } from "./dialog.js";
import { indexing, named } from "./indexing.js";
import { announce, complain } from "./saying.js";
import { t } from "./words.js";

const SIGNS = { added: "check", same: "check", failed: "note", cancelled: "stop", waiting: "book", reading: "book" };

/** Open the dialog. `given`: files that are read at once. */
export function openDocuments(given = []) {
  const form = wishes();
  const jobs = el("ul", { class: "jobs", aria: { label: t("docJobs") } });
  const mine = el("section", { hidden: true });
  const foot = el("footer", {});
  const { node } = openDialog(t("documents"), "documents", el("p", { class: "quiet" }, t("docMore")), jobs, form.node, mine);
  node.append(foot);
  const paint = () => (paintJobs(jobs), paintFoot(foot));
  const leaving = new AbortController();
  const { signal } = leaving;
  indexing.addEventListener("changed", paint, { signal });
  indexing.addEventListener("read", () => list(mine), { signal });
  indexing.addEventListener("over", paint, { signal });
  node.addEventListener("close", () => leaving.abort());
  form.node.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = form.wanted();
    if (!wanted.length) return paintFoot(foot, t("docNothing"));
    form.clear();
    indexing.add(wanted);
    node.querySelector(".content").scrollTop = 0;
  });
  if (given.length) indexing.add(given.map((file) => ({ name: file.name, file })));
  paint();
  list(mine);
}

indexing.addEventListener("over", () => {
  const added = indexing.jobs.filter((job) => job.state === "added").length;
  if (added && !document.querySelector("dialog.documents")) announce(t("docDone", { n: added }), { shown: true });
});

/** The form; `wanted()` gives what stands in it. */
function wishes() {
  const files = el("input", { id: "doc-files", type: "file", multiple: true, class: "unseen" });
  const urls = el("textarea", { id: "doc-urls", rows: 2, placeholder: "https://", spellcheck: "false" });
  const title = el("input", { type: "text", maxlength: 80, autocomplete: "off", aria: { label: t("docTextTitle") }, placeholder: t("docTextTitle") });
  const text = el("textarea", { id: "doc-text", rows: 4 });
  const chosen = el("ul", { class: "files" });
  const show = () => fill(chosen, [...files.files].map((file) => el("li", {}, file.name)));
  files.addEventListener("change", show);
  const drop = el("div", { class: "drop" }, el("p", {}, el("b", {}, t("docFiles"))), el("p", { class: "quiet" }, t("docFilesMore")),
    files, el("label", { for: "doc-files", class: "soft button" }, t("docChoose")), chosen);
  acceptDrops(drop, files);
  const node = el("form", { id: "doc-form" }, drop, field("doc-urls", "docUrls", "docUrlsMore", urls), field("doc-text", "docText", "docTextMore", title, text));
  const wanted = () => [
    ...[...files.files].map((file) => ({ name: file.name, file })),
    ...urls.value.split(/\s+/).filter(Boolean).map((one) => ({ name: one, address: /^\w+:/.test(one) ? one : `https://${one}` })),
    ...(text.value.trim() ? [{ name: title.value.trim() || text.value.trim().split("\n")[0].slice(0, 60), text: text.value }] : []),
  ];
  return { node, wanted, clear: () => (node.reset(), show()) };
}

const field = (id, label, more, ...inputs) =>
  el("div", { class: "field" }, el("label", { for: id }, t(label)), el("p", { class: "quiet" }, t(more)), inputs);

function acceptDrops(area, files) {
  area.addEventListener("dragover", (event) => (event.preventDefault(), area.classList.add("dropping")));
  area.addEventListener("dragleave", () => area.classList.remove("dropping"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("dropping");
    if (!event.dataTransfer.files.length) return;
    files.files = event.dataTransfer.files;
    files.dispatchEvent(new Event("change"));
  });
}

/** What became of each. A row stays where it is while its document is read, so that nothing jumps and focus is kept. */
function paintJobs(place) {
  place.hidden = !indexing.jobs.length;
  const rows = new Map([...place.children].map((row) => [row.job, row]));
  place.replaceChildren(...indexing.jobs.map((job) => {
    const row = rows.get(job);
    if (row?.dataset.state !== job.state) return jobRow(job);
    const bar = row.querySelector("progress");
    if (bar && job.done) bar.value = job.done;
    return row;
  }));
}

function jobRow(job) {
  const { name, state } = job;
  const ended = !["waiting", "reading"].includes(state);
  const again = state === "failed" || state === "cancelled";
  const row = el("li", { data: { state } }, icon(SIGNS[state]),
    el("div", {}, el("b", {}, name), el("p", {}, state === "failed" ? why(job) : t(`docState.${state}`)),
      state === "reading" && el("progress", { max: 1, aria: { label: t("docReading", { name: clean(name) }) } })),
    again && button(t("retry"), () => indexing.retry(job), { sign: "again", class: "soft", aria: { label: `${t("retry")}: ${clean(name)}` } }),
    ended && button(t("docDismiss", { name: clean(name) }), () => indexing.dismiss(job), { sign: "close", quiet: true, class: "round small-round" }));
  row.job = job;
  return row;
}

/** Why a document did not get in, as whoever sent it can do something about it. */
function why({ why: { kind, error } }) {
  if (!error) return t(`docWhy.${kind}`) ?? t("docWhy.unreadable");
  if (error.status === 404 || error.status === 405) return t("docMissing");
  return error.status === 400 ? t("docWhy.name") : (t(`docWhy.${error.status}`) ?? error.told);
}

function paintFoot(foot, trouble = null) {
  const { jobs, busy } = indexing;
  const told = trouble ?? summary(jobs, busy);
  const status = foot.querySelector("[role=status]") ?? el("p", { role: "status" });
  if (status.textContent !== told) status.textContent = told;
  status.classList.toggle("bad", Boolean(trouble));
  const acts = busy
    ? [button(t("docCancel"), () => indexing.cancel(), { sign: "stop", class: "soft cancel" })]
    : [];
  const submit = foot.querySelector(".primary") ?? el("button", { type: "submit", class: "primary", form: "doc-form" }, t("docAdd"));
  if (!foot.children.length || Boolean(foot.querySelector(".cancel")) !== busy) fill(foot, status, el("div", { class: "actions" }, acts, submit));
}

function summary(jobs, busy) {
  const count = (...states) => jobs.filter((job) => states.includes(job.state)).length;
  const over = count("added", "same", "failed", "cancelled");
  if (busy) return t("docProgress", { n: Math.min(over + 1, jobs.length), of: jobs.length });
  const told = [count("added") && t("docDone", { n: count("added") }), count("failed") && t("docNot", { n: count("failed") })];
  return told.filter(Boolean).join(" ");
}

/** The files that whoever asks has sent, each of which can be taken out again. */
async function list(place) {
  const sent = (await ask("GET", "/documents").catch(() => null))?.documents ?? [];
  place.hidden = !sent.length;
  fill(place, el("h3", {}, t("docMine")), el("ul", { class: "files" }, sent.map(({ reference }) => {
    const name = named(reference);
    const remove = async () => {
      try {
        await call("DELETE", `/documents/${encodeURIComponent(name)}`);
        announce(t("docRemoved", { name }), { shown: true });
      } catch (error) {
        complain(error);
      }
      list(place);
    };
    return el("li", {}, el("span", {}, name), button(t("docRemove", { name }), remove, { sign: "bin", quiet: true, class: "round" }));
  })));
}
