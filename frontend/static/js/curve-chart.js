// Draws a curve's price along the supply, with a mark at the supply of now, and along time. Tables beside the charts say the same.

import { HEIGHT, compact, fromZero, keepDrawn, look, numbers } from "./chart.js";

const NARROW = 480;
const MINUTE = 60;
const TIMES = [1, 5, 15, 60, 180, 720, 1440, 2880, 7200, 14400, 43200, 131400, 525600].map(minutes => minutes * MINUTE);

function start(name, options) {
  const figure = document.querySelector(`[data-curve-${name}]`);
  if (!figure || !window.uPlot) return;
  const data = [numbers(figure.dataset.xs), numbers(figure.dataset.prices)];
  keepDrawn(figure, data, (width, say) => options(width, data, say, figure.dataset));
}

function common(width, say, at) {
  const { colour, axis } = look();
  const lang = document.documentElement.lang;
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    axes: [
      { ...axis, space: width < NARROW ? 80 : 100 },
      { ...axis, scale: "price", size: 72, values: (chart, ticks) => ticks.map(tick => compact(tick, lang)) },
    ],
    series: [{}, { scale: "price", stroke: colour("--accent"), width: 2, points: { show: false } }],
    hooks: { setCursor: [chart => { say(chart.cursor.idx == null ? "" : at(chart.cursor.idx)); }] },
  };
}

start("supply", (width, data, say, found) => {
  const lang = document.documentElement.lang;
  const { colour } = look();
  const shared = common(width, say, at => `${compact(data[0][at], lang)}: ${compact(data[1][at], lang)} ${found.unit}`);
  shared.axes[0].values = (chart, ticks) => ticks.map(tick => compact(tick, lang));
  const mark = chart => {
    const x = chart.valToPos(Number(found.now), "x", true);
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.strokeStyle = colour("--teal");
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  };
  return {
    ...shared,
    scales: { x: { time: false, range: () => [0, data[0].at(-1)] }, price: { range: fromZero } },
    hooks: { ...shared.hooks, draw: [mark] },
  };
});

start("trades", (width, data, say, found) => {
  const lang = document.documentElement.lang;
  const [first, last] = [data[0][0], data[0].at(-1)];
  const span = last - first;
  const parts = span < 2 * 1440 * MINUTE ? { hour: "numeric", minute: "2-digit" } : { month: "short", day: "numeric" };
  const short = new Intl.DateTimeFormat(lang, parts);
  const full = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
  const shared = common(width, say, at => `${full.format(data[0][at] * 1000)}: ${compact(data[1][at], lang)} ${found.unit}`);
  Object.assign(shared.axes[0], { incrs: TIMES, values: (chart, ticks) => ticks.map(tick => short.format(tick * 1000)) });
  Object.assign(shared.series[1], { paths: window.uPlot.paths.stepped({ align: 1 }), points: { show: data[0].length < 40 } });
  return {
    ...shared,
    scales: { x: { range: () => (span ? [first, last] : [first - MINUTE, last + MINUTE]) }, price: { range: fromZero } },
  };
});
