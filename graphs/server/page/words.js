/* What the page says, in Korean and English: written in each, not translated. */

import en from "./words/en.js";
import ko from "./words/ko.js";

export const WORDS = { ko, en };

const LANGUAGES = Object.keys(WORDS);
const browsers = (navigator.language || "en").slice(0, 2);
let language = kept() ?? (LANGUAGES.includes(browsers) ? browsers : "en");

function kept() {
  const value = localStorage.getItem("stylegraph-language");
  return LANGUAGES.includes(value) ? value : null;
}

export const spoken = () => language;

/** Say everything in the other language from now on. */
export function switchLanguage() {
  language = LANGUAGES.find((other) => other !== language);
  localStorage.setItem("stylegraph-language", language);
}

const said = (name, words) => name.split(".").reduce((inner, part) => inner?.[part], words);

/** A phrase in every language: what something is found by. */
export const everywhere = (name) => LANGUAGES.map((one) => said(name, WORDS[one])).join(" ");

/** A phrase by its name (`error.401`), with what is filled in. */
export function t(name, filled = {}) {
  const phrase = said(name, WORDS[language]);
  return typeof phrase === "string" ? phrase.replace(/\{(\w+)\}/g, (whole, key) => filled[key] ?? whole) : phrase;
}

const won = { ko: (price) => `${price.toLocaleString("ko-KR")}원`, en: (price) => `₩${price.toLocaleString("en-US")}` };

/** A price as one writes it in the language of the page. */
export const price = (item) =>
  item.price || (typeof item.price_krw === "number" ? won[language](item.price_krw) : "");

export const sum = (total) => won[language](total);
export const number = (value) => Number(value).toLocaleString(language === "ko" ? "ko-KR" : "en-US", { maximumFractionDigits: 1 });
export const share = (value) => `${Math.round(value * 100)}%`;

/** How long ago something was, in words. */
export function ago(when) {
  const minutes = (Date.parse(when) - Date.now()) / 60000;
  if (!Number.isFinite(minutes)) return "";
  if (minutes > -1) return t("now");
  const told = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  if (minutes > -60) return told.format(Math.round(minutes), "minute");
  return minutes > -1440 ? told.format(Math.round(minutes / 60), "hour") : told.format(Math.round(minutes / 1440), "day");
}
