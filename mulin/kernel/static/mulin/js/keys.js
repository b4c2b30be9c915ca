// The desk's keys: / search, j k up and down the list, Enter opens, n p open the next or the last one at once,
// m goes to the moves, [ ] turn the page, ? shows the keys. The list is [data-keys-list], its items are [data-keys-item]; where a page
// has no list beside it, [data-keys-next] and a[rel=prev], a[rel=next] of the pager are followed.
// Never while one is typing.
(function () {
  "use strict";
  const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") || document.querySelector("dialog[open]");
  const listed = () => [...document.querySelectorAll("[data-keys-list] [data-keys-item]")].filter((item) => item.offsetParent);
  const current = (items) => items.findIndex((item) => item.hasAttribute("aria-current"));

  function move(step) {
    const items = listed();
    if (!items.length) return false;
    const row = document.activeElement.closest("[data-keys-row]");
    let at = items.indexOf(document.activeElement.closest("[data-keys-item]") || (row && row.querySelector("[data-keys-item]")));
    if (at < 0) at = current(items);
    const next = items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + step))];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  // Open the neighbour of what is open, without a detour through the list.
  function turn(step) {
    const items = listed();
    const at = current(items);
    const next = at < 0 ? (step > 0 ? items[0] : null) : items[at + step];
    const link = next || (step > 0 && document.querySelector("[data-keys-next]"));
    if (!link) return false;
    if (next) next.focus({ preventScroll: true });
    link.click();
    return true;
  }

  function page(rel) {
    const link = document.querySelector(`.pager a[rel~="${rel}"]`);
    if (link) link.click();
    return Boolean(link);
  }

  // To the moves that are possible, past everything there is to read.
  function toMoves() {
    const first = document.querySelector(".actions .btn--main, .actions .btn, main form[data-keys-form] textarea");
    if (first) first.focus();
    return Boolean(first);
  }

  const DO = {
    m: toMoves,
    j: () => move(1), k: () => move(-1), n: () => turn(1), p: () => turn(-1), "]": () => page("next"), "[": () => page("prev"),
    "/": () => { const search = document.querySelector("[data-keys-search]"); if (search) { search.focus(); search.select(); } return Boolean(search); },
    "?": () => { const help = document.getElementById("keys"); if (help && help.showModal) help.showModal(); return Boolean(help); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const act = Object.hasOwn(DO, event.key) ? DO[event.key] : null;
    if (act && act()) event.preventDefault();
  });
})();
