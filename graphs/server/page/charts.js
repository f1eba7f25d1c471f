/* Small charts: bars for each day, and the same numbers as a table for whoever reads rather than looks. */

import { el, icon } from "./dom.js";
import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 320;
const HEIGHT = 96;

function shape(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/**
 * Bars for each day. `days`: their names, the oldest first; `series`: `{ name, values, tone }`, one upon another or, where `beside`,
 * one beside another; `told(value)`: a value in words.
 */
export function chart(title, sum, days, series, { told, beside = false }) {
  const whole = (place) => series.map(({ values }) => values[place]);
  const heights = days.map((_, place) => (beside ? Math.max(...whole(place)) : whole(place).reduce((all, one) => all + one, 0)));
  const top = Math.max(...heights, 0);
  return el("figure", { class: "chart" },
    el("figcaption", {}, el("b", {}, title), el("span", {}, sum)),
    top > 0 ? drawn(days, series, { top, told, beside }) : el("p", { class: "quiet nothing" }, t("usageNothing")),
    el("p", { class: "ends", aria: { hidden: "true" } }, el("span", {}, days[0]), el("span", {}, days.at(-1))),
    series.length > 1 && el("p", { class: "legend", aria: { hidden: "true" } }, series.map(({ name, tone = 0 }) => el("span", { class: `of-${tone}` }, name))),
    table(title, days, series, told));
}

function drawn(days, series, { top, told, beside }) {
  const step = WIDTH / days.length;
  const wide = Math.max(1, step * 0.72 / (beside ? series.length : 1));
  const bars = days.flatMap((day, place) => {
    let below = HEIGHT;
    return series.map(({ name, values, tone = 0 }, which) => {
      const tall = (values[place] / top) * (HEIGHT - 4);
      const y = beside ? HEIGHT - tall : (below -= tall);
      const x = place * step + step * 0.14 + (beside ? which * wide : 0);
      const bar = shape("rect", { x, y, width: wide, height: Math.max(0, tall), rx: Math.min(2, wide / 3), class: `of-${tone}` });
      bar.append(shape("title", {}, document.createTextNode(`${day} · ${name}: ${told(values[place])}`)));
      return bar;
    });
  });
  return shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, shape("line", { x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5 }), ...bars);
}

const table = (title, days, series, told) =>
  el("details", { class: "as-table" },
    el("summary", {}, t("usageTable"), el("span", { class: "unseen" }, `: ${title}`), icon("down")),
    el("div", { class: "table", tabindex: "0", role: "group", aria: { label: title } },
      el("table", {},
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("usageDay")), series.map(({ name }) => el("th", { scope: "col", class: "to-right" }, name)))),
        el("tbody", {}, [...days.keys()].reverse().map((place) =>
          el("tr", {}, el("th", { scope: "row" }, days[place]), series.map(({ values }) => el("td", { class: "to-right" }, told(values[place])))))))));
