/* Documents added while the server runs: files, web addresses, pasted text; each with its progress. */

import { ApiError, ask, call, events } from "./api.js";
import { button, clean, el, fill } from "./dom.js";
import { openDialog } from "./dialog.js";
import { announce, complain } from "./saying.js";
import { t } from "./words.js";

const UPLOAD = /^upload:/;

/** Open the dialog. */
export function openDocuments() {
  const files = el("input", { id: "doc-files", type: "file", multiple: true, class: "unseen" });
  const urls = el("textarea", { id: "doc-urls", rows: 2, placeholder: "https://", spellcheck: "false" });
  const title = el("input", { type: "text", maxlength: 80, autocomplete: "off", aria: { label: t("docTextTitle") }, placeholder: t("docTextTitle") });
  const text = el("textarea", { id: "doc-text", rows: 4 });
  const told = el("div", { class: "progress", role: "status" });
  const mine = el("section", { hidden: true });
  const submit = el("button", { type: "submit", class: "primary" }, t("docAdd"));
  const chosen = el("ul", { class: "files" });
  const add = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      if (await added(await wanted(files, urls, title, text, told), told)) {
        event.target.reset();
        chosen.replaceChildren();
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(told, error.status === 404 || error.status === 405 ? t("docMissing") : error.told, "bad");
    } finally {
      submit.disabled = false;
      list(mine);
    }
  };
  files.addEventListener("change", () => fill(chosen, [...files.files].map((file) => el("li", {}, file.name))));
  const drop = el("div", { class: "drop" }, el("p", {}, el("b", {}, t("docFiles"))), el("p", { class: "quiet" }, t("docFilesMore")),
    files, el("label", { for: "doc-files", class: "soft button" }, t("docChoose")), chosen);
  acceptDrops(drop, files);
  openDialog(t("documents"), "documents", el("p", { class: "quiet" }, t("docMore")),
    el("form", { on: { submit: add } }, drop,
      field("doc-urls", "docUrls", "docUrlsMore", urls),
      field("doc-text", "docText", "docTextMore", title, text),
      told, el("div", { class: "actions" }, submit)),
    mine);
  list(mine);
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

/** What is to be indexed; files are sent to the server first. */
async function wanted(files, urls, title, text, told) {
  const documents = urls.value.split(/\s+/).filter(Boolean);
  const texts = text.value.trim() ? [{ title: title.value.trim() || text.value.trim().split("\n")[0].slice(0, 60), text: text.value }] : [];
  if (files.files.length) {
    say(told, t("docSending"));
    const form = new FormData();
    for (const file of files.files) form.append("files", file, file.name);
    documents.push(...(await ask("POST", "/documents", { form })).documents.map((sent) => sent.reference));
  }
  return { documents, texts };
}

/** Index what is wanted, and say how far it is; gives whether anything came in. */
async function added(input, told) {
  if (!input.documents.length && !input.texts.length) return say(told, t("docNothing"), "bad");
  const body = { assistant_id: "indexing", input, stream_mode: ["custom"] };
  const lines = new Map();
  say(told, t("docSending"));
  for await (const { event, data } of events(await call("POST", "/runs/stream", { body }))) {
    if (event === "error") throw new ApiError(400, data.message ?? data.error ?? "");
    if (event !== "custom" || !data?.document) continue;
    lines.set(data.document, data.event === "indexed" ? outcome(data) : reading(data));
    fill(told, [...lines.values()]);
  }
  const done = [...lines.values()].filter((line) => line.dataset.added).length;
  if (done) announce(t("docDone", { n: done }));
  return done > 0;
}

const named = (document) => clean(document).replace(UPLOAD, "");

const reading = ({ document, done }) =>
  el("p", {}, t("docReading", { name: named(document) }), el("progress", { max: 1, value: done, aria: { label: named(document) } }));

function outcome({ document, report }) {
  const name = named(document);
  const { added = 0, changed = 0, unchanged = 0, failures = [] } = report;
  if (!added && !changed && !unchanged) {
    const [failure] = failures;
    const why = failure ? `${failure.reason} ${failure.remedy ?? ""}` : Object.keys(report.skipped ?? {}).join(", ");
    return el("p", { class: "bad" }, t("docFailed", { name, why: clean(why) }));
  }
  return el("p", { data: { added: "true" } }, t(added || changed ? "docAdded" : "docSame", { name }));
}

const say = (told, text, kind = "") => {
  fill(told, el("p", { class: kind }, text));
  return false;
};

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
