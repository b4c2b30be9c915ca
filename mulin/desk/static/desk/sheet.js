// Forms that have a page of their own open in a dialog when scripts run.
//   <a href="/desk/cases/1/finish/" data-sheet>                 fetches the page and shows its [data-sheet-body]
//   <a data-sheet-close>                                        inside: closes instead of following the link
//   <a data-insert="id" data-text="…">                          puts a text into a field instead of loading the page anew
// A form in the dialog is sent in place: a redirect is followed, errors are shown with everything that was typed.
(function () {
  "use strict";
  const dialog = () => document.querySelector("[data-sheet-dialog]");
  const offline = () => Mulin.toast(document.body.dataset.offlineText || "");
  let opener = null;

  function show(html, url) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const body = page.querySelector("[data-sheet-body]");
    const box = dialog();
    if (!body || !box) { location.assign(url); return; }
    const place = box.querySelector("[data-sheet-place]");
    const files = [...place.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
    const title = body.querySelector("[data-sheet-title]");
    if (title) {
      const head = document.createElement("h2");
      head.id = "sheet-title";
      head.textContent = title.textContent;
      title.replaceWith(head);
    }
    place.replaceChildren(document.importNode(body, true));
    // Connected first: the list of photos begins empty, and would empty the field.
    Mulin.refresh(place);
    if (window.htmx) window.htmx.process(place);
    for (const input of files) {
      const next = place.querySelector(`input[type=file][name="${input.name}"]`);
      if (!next) continue;
      next.files = input.files;
      next.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (!box.open) box.showModal();
    const first = place.querySelector("[data-errors], [aria-invalid=true], textarea, input:not([type=hidden]), select, button");
    if (first) first.focus();
  }

  // The page after a redirect is already here, with what it has to say: it is put in place instead of asked for again.
  function arrive(html, url) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const what = ["#detail", "main"].find((part) => page.querySelector(part) && document.querySelector(part));
    if (!what || url.includes("/account/")) { location.assign(url); return; }
    dialog().close();
    const list = document.querySelector(".split > .list");
    const freshList = page.querySelector(".split > .list");
    document.querySelector(what).replaceWith(document.importNode(page.querySelector(what), true));
    if (what === "#detail" && list && freshList) list.replaceChildren(...document.importNode(freshList, true).childNodes);
    document.title = page.title;
    if (new URL(url).pathname !== location.pathname) history.pushState({ split: true }, "", url);
    const now = document.querySelector(what === "main" ? "main" : ".split");
    Mulin.refresh(now);
    if (window.htmx) window.htmx.process(now);
    const first = document.querySelector("#messages .message") || document.querySelector(`${what} h1`);
    if (first) { first.setAttribute("tabindex", "-1"); first.focus({ preventScroll: true }); first.scrollIntoView({ block: "nearest" }); }
  }

  async function open(link) {
    opener = link;
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      if (answer.redirected || !answer.headers.get("Content-Type").startsWith("text/html")) { location.assign(link.href); return; }
      show(await answer.text(), link.href);
    } catch { location.assign(link.href); }
  }

  async function send(form, submitter) {
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form, submitter), headers: { Accept: "text/html" } });
      if (answer.redirected) { arrive(await answer.text(), answer.url); return; }
      show(await answer.text(), answer.url);
    } catch { offline(); } finally {
      form.removeAttribute("aria-busy");
      Mulin.sent(form);
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sheet]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !dialog() || !dialog().showModal) return;
    event.preventDefault();
    const menu = link.closest("details[data-menu]");
    if (menu) menu.open = false;
    open(link);
  });
  document.addEventListener("click", (event) => {
    const box = dialog();
    if (box && box.open && event.target.closest("[data-sheet-close]")) { event.preventDefault(); box.close(); }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-insert]");
    const field = link && document.getElementById(link.dataset.insert);
    if (!field) return;
    event.preventDefault();
    field.value = field.value.trim() ? `${field.value.trim()}\n${link.dataset.text}` : link.dataset.text;
    field.focus();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || !form.closest("[data-sheet-place]")) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  Mulin.connect("[data-sheet-dialog]", (box) => {
    box.addEventListener("close", () => { box.querySelector("[data-sheet-place]").replaceChildren(); if (opener && opener.isConnected) opener.focus(); });
  });
  // Ctrl+Enter sends the form one is in: for whoever handles sixty a day.
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest("form") || document.querySelector("form[data-keys-form]");
    if (form && form.method === "post") { event.preventDefault(); form.requestSubmit(form.querySelector(".btn--main") || undefined); }
  });
})();
