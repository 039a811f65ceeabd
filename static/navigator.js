// The little that the pages do by themselves. Without it everything still works.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  // After an error the summary is what is read first.
  document.querySelector("[data-focus]")?.focus();
});
