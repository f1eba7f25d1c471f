/* Documents added while the server runs: files, web addresses, pasted text; each with its progress. */

import { ApiError, ask, call, events } from "./api.js";
import { clean, el, fill } from "./dom.js";
import { openDialog } from "./dialog.js";
import { announce } from "./saying.js";
import { number, t } from "./words.js";

/** Open the dialog. */
export function openDocuments() {
  const files = el("input", { id: "doc-files", type: "file", multiple: true });
  const urls = el("textarea", { id: "doc-urls", rows: 2, placeholder: "https://", spellcheck: "false" });
  const title = el("input", { id: "doc-title", type: "text", maxlength: 120, autocomplete: "off", aria: { label: t("docTextTitle") }, placeholder: t("docTextTitle") });
  const text = el("textarea", { id: "doc-text", rows: 4 });
  const told = el("div", { class: "progress", role: "status" });
  const submit = el("button", { type: "submit", class: "primary" }, t("docAdd"));
  const add = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await added(await input(files, urls, title, text), told);
      event.target.reset();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(told, error.status === 404 || error.status === 405 ? t("docMissing") : error.told, "bad");
    } finally {
      submit.disabled = false;
    }
  };
  const drop = el("div", { class: "drop" }, el("label", { for: "doc-files" }, t("docFiles")), el("p", { class: "quiet" }, t("docFilesMore")), files);
  acceptDrops(drop, files);
  openDialog(t("documents"), "documents", el("p", { class: "quiet" }, t("docMore")),
    el("form", { on: { submit: add } }, drop,
      field("doc-urls", "docUrls", "docUrlsMore", urls),
      field("doc-text", "docText", "docTextMore", title, text),
      told, el("div", { class: "actions" }, submit)));
}

const field = (id, label, more, ...inputs) =>
  el("div", { class: "field" }, el("label", { for: id }, t(label)), el("p", { class: "quiet" }, t(more)), inputs);

function acceptDrops(area, files) {
  area.addEventListener("dragover", (event) => (event.preventDefault(), area.classList.add("dropping")));
  area.addEventListener("dragleave", () => area.classList.remove("dropping"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("dropping");
    if (event.dataTransfer.files.length) files.files = event.dataTransfer.files;
  });
}

/** What is to be indexed; files are sent to the server first. */
async function input(files, urls, title, text) {
  const wanted = {};
  const addresses = urls.value.split(/\s+/).filter(Boolean);
  if (addresses.length) wanted.urls = addresses;
  if (text.value.trim()) wanted.texts = [{ title: title.value.trim() || text.value.trim().split("\n")[0].slice(0, 80), text: text.value }];
  if (files.files.length) {
    const form = new FormData();
    for (const file of files.files) form.append("files", file, file.name);
    wanted.references = (await ask("POST", "/documents", { form })).references;
  }
  return wanted;
}

async function added(wanted, told) {
  if (!Object.keys(wanted).length) return say(told, t("docNothing"), "bad");
  say(told, t("docSending"));
  const body = { assistant_id: "indexing", input: wanted, stream_mode: ["custom", "values"] };
  for await (const { event, data } of events(await call("POST", "/runs/stream", { body }))) {
    if (event === "error") throw new ApiError(400, data.message ?? data.error ?? "");
    if (event === "custom" && data?.event) progress(told, data);
  }
  announce(t("docDonePlain"));
}

function progress(told, event) {
  say(told, `${event.name ? `${clean(event.name)}: ` : ""}${t(`docStages.${event.event}`) ?? ""}`);
  if (event.total) told.append(el("progress", { max: event.total, value: event.done, aria: { label: t("docProgress", { done: number(event.done), all: number(event.total) }) } }));
}

const say = (told, text, kind = "") => {
  told.className = `progress ${kind}`;
  fill(told, el("p", {}, text));
};
