/* Draws the charts of a page: what each shows stands beside it as JSON, its colours in the stylesheet. Plotly's script is large: it
   is asked for when a chart is about to be seen. Without script there is the same as a table. */
"use strict";

const { plotly: source, lost } = document.currentScript.dataset;
const places = document.querySelectorAll("[data-plot]");
const probe = document.createElement("span");
const PAPER = 900; /* as wide as a page of paper, whatever the window was; see paper.css */
let arriving;
let onPaper = false;

/* It brings a stylesheet for maps along, and would write it into the page, which the content policy refuses. No page draws a map:
   until it has run, a style that it makes is an element that styles nothing. */
function arrived() {
  arriving ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const make = document.createElement.bind(document);
    document.createElement = (name, options) => make(name === "style" ? "template" : name, options);
    const end = (ended) => () => { delete document.createElement; ended(); };
    script.addEventListener("load", end(resolve));
    script.addEventListener("error", end(reject));
    script.src = source;
    document.head.append(script);
  });
  return arriving;
}

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

function draw(place) {
  probe.style.colorScheme = onPaper ? "light" : "";
  document.body.append(probe);
  const figure = dressed(JSON.parse(document.getElementById(place.dataset.plot).textContent));
  const layout = onPaper ? { ...figure.layout, width: PAPER } : figure.layout;
  Plotly.newPlot(place, figure.data, layout, { displayModeBar: false, responsive: true });
  probe.remove();
}

function drawAgain() {
  for (const place of places) if (place.firstElementChild) draw(place);
}

function paper(begins) {
  onPaper = begins;
  drawAgain();
  for (const place of places) if (!place.firstElementChild) show(place);
}

async function show(place) {
  watch.unobserve(place);
  try {
    await arrived();
  } catch {
    place.textContent = lost;
    return;
  }
  draw(place);
}

const watch = new IntersectionObserver((seen) => {
  for (const one of seen) if (one.isIntersecting) show(one.target);
}, { rootMargin: "200px" });

for (const place of places) watch.observe(place);
addEventListener("beforeprint", () => paper(true));
addEventListener("afterprint", () => paper(false));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAgain);
