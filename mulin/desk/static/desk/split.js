// List and detail side by side: on a wide screen a row opens beside the list, and the list keeps its place.
// Without scripts, or on a phone, the row is a plain link.
(function () {
  "use strict";
  const wide = matchMedia("(min-width: 1024px)");

  function here(url) {
    const path = new URL(url).pathname;
    return [...document.querySelectorAll(".split > .list a[data-keys-item]")].find((one) => new URL(one.href).pathname === path);
  }

  function mark(row) {
    document.querySelectorAll(".split > .list [data-keys-item][aria-current]").forEach((one) => one.removeAttribute("aria-current"));
    if (!row) return;
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  }

  async function open(row) {
    const detail = document.getElementById("detail");
    detail.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(row.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("detail");
      if (!answer.ok || !fresh) { location.assign(row.href); return; }
      detail.replaceWith(document.importNode(fresh, true));
      const now = document.getElementById("detail");
      document.title = page.title;
      history.pushState({ split: true }, "", answer.url);
      mark(row.matches("[data-keys-item]") ? row : here(answer.url));
      Mulin.refresh(now);
      if (window.htmx) window.htmx.process(now);
    } catch { location.assign(row.href); }
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest(".split > .list a[data-keys-item], .split a[data-split-open]");
    if (!row || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(row);
  });
  window.addEventListener("popstate", () => location.reload());
  // The list that was fetched beside a case shows where one is.
  document.addEventListener("htmx:load", (event) => {
    const here = event.detail.elt.closest && event.detail.elt.closest(".list");
    const row = here && here.querySelector("[aria-current=true]");
    if (row) row.scrollIntoView({ block: "nearest" });
  });
})();
