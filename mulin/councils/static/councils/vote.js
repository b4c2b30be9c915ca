// Pages on which a paper is filled in, confirmed or acknowledged. On a shared telephone whoever presses "back" must not
// find what the last person chose: a page that the browser kept whole in memory leads to the vote's own page.
(function () {
  "use strict";
  const vote = document.currentScript.dataset.vote;
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.replace(vote); });
})();
