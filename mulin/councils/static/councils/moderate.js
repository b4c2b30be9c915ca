// <ul data-moderate>: in the queue of statements, with a row or something in it focused, a lets it out and r goes to the reason.
// j and k move between the rows (keys.js). Never while one is typing.
document.addEventListener("keydown", (event) => {
  "use strict";
  const row = event.target.closest("[data-moderate] [data-keys-row]");
  if (!row || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("input, textarea, select")) return;
  const found = { a: "[data-moderate-show]", r: "[data-moderate-reason]" }[event.key];
  const target = found && row.querySelector(found);
  if (!target) return;
  event.preventDefault();
  if (event.key === "a") target.click(); else target.focus();
});
