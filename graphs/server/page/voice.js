/* A question that is spoken: written down by the browser's own recognition, where it has one. */

import { announce } from "./saying.js";
import { spoken, t } from "./words.js";

const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;

/** Let a button write what is said into a field. */
export function voice(button, field) {
  button.hidden = !Recognition;
  if (!Recognition) return;
  let hearing = null;
  button.addEventListener("click", () => (hearing ? hearing.stop() : (hearing = hear(button, field, () => (hearing = null)))));
}

function hear(button, field, over) {
  const before = field.value.trim();
  const recognition = Object.assign(new Recognition(), { lang: spoken() === "ko" ? "ko-KR" : "en-US", interimResults: true });
  recognition.onresult = ({ results }) => {
    const said = [...results].map(([best]) => best.transcript).join("");
    field.value = [before, said.trim()].filter(Boolean).join(" ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  recognition.onerror = ({ error }) => error !== "aborted" && error !== "no-speech" && announce(t("voiceFailed"), { shown: true });
  recognition.onend = () => {
    button.setAttribute("aria-pressed", "false");
    field.focus();
    over();
  };
  recognition.start();
  button.setAttribute("aria-pressed", "true");
  announce(t("voiceOn"));
  return recognition;
}
