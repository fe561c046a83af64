// Draws a seller's sales by day, a chart for each currency. The table below the charts says the same in words and numbers.

import { HEIGHT, compact, fromZero, keepDrawn, look, numbers } from "./chart.js";

const DAY = 86400;
const NARROW = 480;
const STEPS = [1, 2, 5, 7, 14, 30, 61, 91].map(days => days * DAY);

if (window.uPlot) {
  for (const figure of document.querySelectorAll("[data-sales]")) {
    const data = [numbers(figure.dataset.days).map(day => day * DAY), numbers(figure.dataset.paid)];
    keepDrawn(figure, data, (width, say) => options(width, data, say));
  }
}

function options(width, data, say) {
  const lang = document.documentElement.lang;
  const { colour, axis } = look();
  const short = new Intl.DateTimeFormat(lang, { month: "short", day: "numeric", timeZone: "UTC" });
  const full = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: "UTC" });
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    tzDate: seconds => window.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    scales: { x: { range: () => [data[0][0] - DAY / 2, data[0].at(-1) + DAY / 2] }, y: { range: fromZero } },
    axes: [
      { ...axis, space: width < NARROW ? 70 : 90, incrs: STEPS, values: (chart, ticks) => ticks.map(tick => short.format(tick * 1000)) },
      { ...axis, size: 56, values: (chart, ticks) => ticks.map(tick => compact(tick, lang)) },
    ],
    series: [
      {},
      { paths: window.uPlot.paths.bars({ size: [0.7, 60] }), stroke: colour("--accent"), fill: colour("--accent"), width: 0, points: { show: false } },
    ],
    hooks: {
      setCursor: [chart => {
        const at = chart.cursor.idx;
        say(at == null ? "" : `${full.format(data[0][at] * 1000)}: ${compact(data[1][at], lang)}`);
      }],
    },
  };
}
