// The little that the pages do by themselves. Without it everything still works.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  // After an error the summary is what is read first.
  document.querySelector("[data-focus]")?.focus();

  // A note for the journal goes to the clipboard in one click. Without a clipboard its text unfolds, to be copied by hand.
  for (const button of navigator.clipboard ? document.querySelectorAll("[data-copies]") : []) {
    const text = document.getElementById(button.dataset.copies);
    const folded = text.closest("details");
    button.hidden = false;
    folded.hidden = true;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.value);
        button.lastElementChild.textContent = button.dataset.said;
        document.getElementById("copied").textContent = button.dataset.said;
      } catch {
        folded.hidden = false;
        folded.open = true;
        text.select();
      }
    });
  }
});
