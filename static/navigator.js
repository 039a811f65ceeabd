// The little that the pages do by themselves. Without it everything still works.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  // After an error the summary is what is read first.
  document.querySelector("[data-focus]")?.focus();
});

// A step was taken on a row of a list: the keyboard goes on at the next row.
document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.target;
  if (!(row instanceof HTMLElement) || !row.matches("[data-acted]")) return;
  (row.nextElementSibling?.querySelector(".task-what a, a, button") ?? row).focus();
});
