// Draws a token's supply and number of holders by day. The table below the chart says the same in words and numbers.

import { HEIGHT, compact, fromZero, keepDrawn, look, numbers } from "./chart.js";

const DAY = 86400;
const NARROW = 480;

const figure = document.querySelector("[data-history]");
if (figure && window.uPlot) {
  const found = figure.dataset;
  const data = [numbers(found.days).map(day => day * DAY), numbers(found.supplies), numbers(found.holders)];
  keepDrawn(figure, data, (width, say) => options(width, data, say));
}

function options(width, data, say) {
  const lang = document.documentElement.lang;
  const { colour, axis } = look();
  const [first, last] = [data[0][0], data[0].at(-1)];
  const long = last - first > 300 * DAY;
  const parts = long ? { year: "2-digit", month: "short" } : { month: "short", day: "numeric" };
  const short = new Intl.DateTimeFormat(lang, { ...parts, timeZone: "UTC" });
  const full = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: "UTC" });
  const line = { paths: window.uPlot.paths.stepped({ align: 1 }), width: 2, points: { show: data[0].length < 40 } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    tzDate: seconds => window.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    scales: {
      x: { range: () => (first === last ? [first - DAY, last + DAY] : [first, last]) },
      supply: { range: fromZero },
      holders: { range: fromZero },
    },
    axes: [
      { ...axis, space: width < NARROW ? 70 : 90, incrs: [1, 2, 5, 7, 14, 30, 61, 91, 182, 365, 730].map(days => days * DAY),
        values: (chart, ticks) => ticks.map(tick => short.format(tick * 1000)) },
      { ...axis, scale: "supply", size: 56, values: (chart, ticks) => ticks.map(tick => compact(tick, lang)) },
      { ...axis, scale: "holders", side: 1, size: 44, grid: { show: false }, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 1e4, 1e5, 1e6],
        values: (chart, ticks) => ticks.map(tick => compact(tick, lang)) },
    ],
    series: [
      {},
      { ...line, scale: "supply", stroke: colour("--accent") },
      { ...line, scale: "holders", stroke: colour("--teal"), dash: [6, 4] },
    ],
    hooks: {
      setCursor: [chart => {
        const at = chart.cursor.idx;
        say(at == null ? "" : `${full.format(data[0][at] * 1000)}: ${compact(data[1][at], lang)} · ${compact(data[2][at], lang)}`);
      }],
    },
  };
}
