// What all charts have in common: drawn anew when the room or the colours change, in the page's own colours and font.

const SCIENTIFIC_FROM = 1e15;
export const HEIGHT = 240;

// `options` gives uPlot's options for a width, and a way to say what the cursor is at
export function keepDrawn(figure, data, options) {
  const place = figure.querySelector(".plot");
  const said = figure.querySelector(".at");
  figure.hidden = false;
  let chart = null;
  const draw = () => {
    chart?.destroy();
    chart = new window.uPlot(options(place.clientWidth, text => { said.textContent = text; }), data, place);
  };
  draw();
  new ResizeObserver(() => {
    if (place.clientWidth && place.clientWidth !== chart.width) draw();
  }).observe(place);
  // colours are the page's own, so they are read again when those change
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

export function look() {
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim();
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const lines = { stroke: colour("--line"), width: 1 };
  return { colour, axis: { stroke: colour("--muted"), font, grid: lines, ticks: lines } };
}

// for drawing only: numbers may lose their last digits here, the table beside the chart does not
export const numbers = text => text.split(",").map(Number);

export const fromZero = (chart, low, high) => [0, high > 0 ? high * 1.1 : 1];

export function compact(number, lang) {
  const notation = Math.abs(number) >= SCIENTIFIC_FROM ? "scientific" : "compact";
  return new Intl.NumberFormat(lang, { notation, maximumSignificantDigits: 4 }).format(number);
}
