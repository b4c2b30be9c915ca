// The desk's keys: / search, j k up and down the list, Enter opens, ? shows the keys.
// The list is [data-keys-list], its items are links [data-keys-item]. Never while one is typing.
(function () {
  "use strict";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]");

  function move(step) {
    const items = [...document.querySelectorAll("[data-keys-list] [data-keys-item]")].filter((item) => item.offsetParent);
    if (!items.length) return false;
    let at = items.indexOf(document.activeElement.closest("[data-keys-item]"));
    if (at < 0) at = items.findIndex((item) => item.hasAttribute("aria-current"));
    const next = items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + step))];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const search = document.querySelector("[data-keys-search]");
    const help = document.getElementById("keys");
    if (event.key === "/" && search) { search.focus(); search.select(); }
    else if (event.key === "j" || event.key === "k") { if (!move(event.key === "j" ? 1 : -1)) return; }
    else if (event.key === "?" && help && help.showModal) help.showModal();
    else return;
    event.preventDefault();
  });
})();
