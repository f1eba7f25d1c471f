/* What turns cost and how they ended, for whoever runs the server. */

import { ask } from "./api.js";
import { chart } from "./charts.js";
import { button, clean, el, fill, icon } from "./dom.js";
import { number, share, t } from "./words.js";

const DAYS = [7, 30, 90];
const ENDED = { answered: 1, best_effort: 0, not_found: 2, asked_back: 4, declined: 3 }; // how a turn ends -> its tone

/** Show the figures in `place`; `asked`: for how many days. */
export async function open(place, asked) {
  const days = DAYS.find((one) => String(one) === asked) ?? DAYS[0];
  const body = el("div", { class: "charts", aria: { busy: "true" } }, Array.from({ length: 4 }, () => el("div", { class: "skeleton" })));
  fill(place, el("div", { class: "figures" }, el("h2", {}, t("usage")), el("p", { class: "quiet" }, t("usageMore")), choice(place, days), body));
  try {
    const told = await ask("GET", `/usage?days=${days}`);
    fill(body, told.days.length || told.verdicts.some(({ up, down }) => up + down) ? figures(told) : el("p", { class: "empty" }, t("usageEmpty")));
    if (told.usage.length) body.after(people(told.usage), prices(told));
  } catch (error) {
    if (error.status !== 401) fill(body, el("div", { class: "trouble bad" }, icon("note"), el("span", {}, error.status === 403 ? t("usageNotYours") : error.told), error.status !== 403 && button(t("retry"), () => open(place, asked), { sign: "again", class: "soft" })));
  }
  body.removeAttribute("aria-busy");
  return t("usage");
}

const choice = (place, days) =>
  el("div", { class: "choices", role: "group", aria: { label: t("usageSpan") } },
    DAYS.map((one) => button(t("usageDays", { n: one }), () => open(place, String(one)).then(() => place.querySelector("[aria-pressed=true]").focus()), { class: "chip", aria: { pressed: String(one === days) } })));

function figures({ days: rows, verdicts }) {
  const known = new Map(rows.map((row) => [row.day, row]));
  const days = verdicts.map(({ day }) => day).reverse();
  const of = (read) => days.map((day) => (known.has(day) ? read(known.get(day)) : 0));
  const judged = new Map(verdicts.map((one) => [one.day, one]));
  const all = (values) => values.reduce((sum, one) => sum + one, 0);
  const turns = of((row) => row.turns);
  const dollars = of((row) => row.dollars);
  const failed = of((row) => all(Object.values(row.fallbacks)));
  const ended = Object.entries(ENDED).map(([status, tone]) => ({ name: t(`usageEnded.${status}`), tone, values: of((row) => row.statuses[status] ?? 0) })).filter(({ values }) => all(values));
  const [up, down] = ["up", "down"].map((rating) => days.map((day) => judged.get(day)[rating]));
  const unpriced = all(of((row) => row.unpriced));
  const slow = of((row) => row.seconds_p95);
  return [
    chart(t("usageTurns"), number(all(turns)), days, [{ name: t("usageTurns"), values: turns }], { told: number }),
    chart(t("usageCost"), cost(all(dollars), 2, unpriced && ` · ${t("usageUnpriced", { n: number(unpriced) })}`), days, [{ name: t("usageCost"), values: dollars }], { told: (value) => `$${value.toFixed(4)}` }),
    chart(t("usageSeconds"), t("usageSlowest", { n: number(Math.max(...slow)) }), days, [{ name: "p50", values: of((row) => row.seconds_p50) }, { name: "p95", values: slow, tone: 2 }], { told: (value) => t("spentWords.seconds", { n: number(value) }), beside: true }),
    chart(t("usageEndings"), ended.length ? `${ended[0].name} ${share(all(ended[0].values) / Math.max(1, all(turns)))}` : "", days, ended.length ? ended : [{ name: t("usageTurns"), values: turns }], { told: number }),
    chart(t("usageFailed"), causes(rows) || "0", days, [{ name: t("usageFailed"), values: failed, tone: 3 }], { told: number }),
    chart(t("usageVerdicts"), `${t("usageUp")} ${number(all(up))} · ${t("usageDown")} ${number(all(down))}`, days, [{ name: t("usageUp"), values: up, tone: 1 }, { name: t("usageDown"), values: down, tone: 3 }], { told: number }),
  ];
}

/** Dollars in words: unknown where no price was, and `more` where one was not. */
const cost = (dollars, digits, more) => (more && !dollars ? t("costUnknown") : `$${dollars.toFixed(digits)}${more || ""}`);

/** When prices were listed, and what to do where one is not. */
function prices({ usage, prices: listed }) {
  const unknown = usage.some((row) => row.unpriced);
  return el("p", { class: "quiet" }, t("usagePrices", { date: clean(listed) }), unknown && ` ${t("usagePriceless")}`);
}

/** What failed most, by its code. */
function causes(rows) {
  const counts = new Map();
  for (const row of rows) for (const [code, times] of Object.entries(row.fallbacks)) counts.set(code, (counts.get(code) ?? 0) + times);
  return [...counts].sort((one, other) => other[1] - one[1]).slice(0, 2).map(([code, times]) => `${clean(code)} ${number(times)}`).join(" · ");
}

/** Who has asked how much, the most first. */
function people(rows) {
  const users = new Map();
  for (const row of rows) {
    const sum = users.get(row.user) ?? { turns: 0, tokens: 0, dollars: 0, unpriced: 0 };
    users.set(row.user, { turns: sum.turns + row.turns, tokens: sum.tokens + row.tokens_in + row.tokens_out, dollars: sum.dollars + row.dollars, unpriced: sum.unpriced + row.unpriced });
  }
  const sorted = [...users].sort((one, other) => other[1].turns - one[1].turns);
  return el("section", { class: "people" }, el("h3", {}, t("usagePeople")),
    el("div", { class: "table", tabindex: "0", role: "group", aria: { label: t("usagePeople") } }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("usageUser")), ["usageTurns", "usageTokens", "usageCost"].map((name) => el("th", { scope: "col", class: "to-right" }, t(name))))),
      el("tbody", {}, sorted.map(([user, { turns, tokens, dollars, unpriced }]) => el("tr", {}, el("th", { scope: "row" }, user), [number(turns), number(tokens), cost(dollars, 4, unpriced && "+?")].map((one) => el("td", { class: "to-right" }, one))))))));
}
