/* Draws figures that the page carries as JSON, in the colours of the stylesheet; what they show also stands in a table. */
"use strict";

const QUIET = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };

function colours(holder) {
  const style = getComputedStyle(holder);
  const body = getComputedStyle(document.body);
  return { ink: style.color, rule: style.borderTopColor, paper: body.backgroundColor, font: body.fontFamily };
}

function partColour(holder, part) {
  const swatch = holder.closest("figure").querySelector(`[data-part="${part}"] rect`);
  return swatch ? getComputedStyle(swatch).fill : undefined;
}

function draw(holder) {
  const figure = JSON.parse(document.getElementById(holder.dataset.figure).textContent);
  const { ink, rule, paper, font } = colours(holder);
  for (const trace of figure.data) trace.marker.color = partColour(holder, trace.meta);
  const layout = figure.layout;
  layout.font = { family: font, size: 12, color: ink };
  layout.hoverlabel = { bgcolor: paper, bordercolor: rule, font: { family: font, color: ink } };
  layout.xaxis.linecolor = rule;
  layout.yaxis.gridcolor = rule;
  window.Plotly.react(holder, figure.data, layout, QUIET);
}

const holders = document.querySelectorAll("[data-figure]");
const drawAll = () => holders.forEach(draw);

if (window.Plotly) {
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}
