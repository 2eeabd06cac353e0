/* Plotly's script brings a stylesheet for maps along, and would write it into the page, which the content policy refuses. No page
   draws a map: until that script has run, a style that it makes is an element that styles nothing. */
"use strict";

const make = document.createElement.bind(document);
document.createElement = (name, options) => make(name === "style" ? "template" : name, options);
