/* Looks again while an element says that it waits, and puts in its place what the same page says now.
   Without script the page asks by itself every few seconds (a refresh in <noscript>). */
"use strict";

const PAUSE = 2000;
const LONGEST = 30000;
let pause = PAUSE;

async function look() {
  const waiting = document.querySelector("[data-waiting]");
  if (!waiting) return;
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (answer.redirected) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(waiting.id);
      if (!fresh) return location.reload();
      if (!fresh.isEqualNode(waiting)) waiting.replaceWith(fresh);
      pause = PAUSE;
    } catch {
      pause = Math.min(LONGEST, pause * 2);
    }
  }
  setTimeout(look, pause);
}

setTimeout(look, PAUSE);
