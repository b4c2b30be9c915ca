// <button hidden data-print>: opens the print dialog; hidden where there are no scripts.
Mulin.connect("[data-print]", (button) => {
  "use strict";
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
