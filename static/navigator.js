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

// A part that is swapped while one types stays as it was left: unfolded, and scrolled to the same place.
let left = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const folds = [...detail.target.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]);
  left = { id: detail.target.id, scrolled: detail.target.scrollTop, folds };
});
document.addEventListener("htmx:afterSettle", () => {
  const part = left && document.getElementById(left.id);
  if (!part) return;
  for (const [id, open] of left.folds) {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  }
  part.scrollTop = left.scrolled;
  left = null;
  // What was kept has an address of its own: reloading leads back to it.
  const at = document.querySelector("form[data-draft]")?.dataset.draft;
  if (at && window.location.pathname !== at) window.history.replaceState(null, "", at);
});

// Whoever changes the language keeps what they have typed: it is written down first, and the page comes back to it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const typed = document.querySelector("form[data-draft]");
  if (!typed || !form.matches("[data-keeps-draft]:not([data-kept])")) return;
  event.preventDefault();
  const button = event.submitter;
  form.dataset.kept = "yes";
  form.elements.namedItem("next").value = typed.dataset.draft;
  const data = new URLSearchParams(new FormData(typed));
  data.set("do", "match");
  try {
    await window.fetch(typed.action, { method: "POST", body: data });
  } finally {
    form.requestSubmit(button);
  }
});

// A step was taken on a row of a list: the keyboard goes on at the next row.
document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.target;
  if (!(row instanceof HTMLElement) || !row.matches("[data-acted]")) return;
  (row.nextElementSibling?.querySelector(".task-what a, a, button") ?? row).focus();
});
