/* A button beside what is to be copied; without script, or without permission, one selects the text. */
"use strict";

if (navigator.clipboard) {
  const words = document.currentScript.dataset;
  for (const source of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copyWord;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent.trim());
        button.textContent = words.copiedWord;
      } catch {
        button.textContent = words.byHand;
      }
      setTimeout(() => { button.textContent = words.copyWord; }, 2000);
    });
    source.before(button);
  }
}
