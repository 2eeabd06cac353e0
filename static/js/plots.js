/* Draws the charts of a page: what each shows stands beside it as JSON, its colours in the stylesheet.
   Without script there is the same as a table. */
"use strict";

delete document.createElement; // what before_plots.js put in its place

const probe = document.createElement("span");

function colour(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

function pale(name) {
  return colour(name).replace("rgb(", "rgba(").replace(")", ", 0.16)");
}

function dressed(figure) {
  const told = structuredClone(figure);
  for (const trace of told.data) {
    const own = colour(trace.meta.colour);
    trace.marker = { ...trace.marker, color: own };
    if (trace.line) trace.line.color = own;
    if (trace.fill) trace.fillcolor = pale(trace.meta.colour);
  }
  const quiet = colour("ink-quiet");
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12, color: quiet };
  const layout = { ...told.layout, font, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" };
  layout.xaxis = { ...layout.xaxis, gridcolor: colour("rule"), linecolor: colour("rule-firm") };
  layout.yaxis = { ...layout.yaxis, gridcolor: colour("rule") };
  layout.hoverlabel = { bgcolor: colour("paper"), bordercolor: colour("rule-firm"), font: { ...font, color: colour("ink") } };
  for (const shape of layout.shapes || []) shape.line.color = quiet;
  for (const note of layout.annotations || []) note.bgcolor = colour("paper");
  return { data: told.data, layout };
}

function draw() {
  document.body.append(probe);
  for (const place of document.querySelectorAll("[data-plot]")) {
    const figure = dressed(JSON.parse(document.getElementById(place.dataset.plot).textContent));
    Plotly.react(place, figure.data, figure.layout, { displayModeBar: false, responsive: true });
  }
  probe.remove();
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
