// Mulin's smallest common ground: find elements, connect them once, also after htmx swaps; and the notice area.
// A controller is registered as Mulin.connect("[data-x]", element => {…}); it must cope with being absent.
(function () {
  "use strict";
  const controllers = [];
  const seen = new WeakMap();

  function connectOne(selector, start, root) {
    const found = root.querySelectorAll ? [...root.querySelectorAll(selector)] : [];
    if (root.matches && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      const done = seen.get(element) || seen.set(element, new Set()).get(element);
      if (done.has(start)) continue;
      done.add(start);
      start(element);
    }
  }

  function refresh(root) {
    for (const [selector, start] of controllers) connectOne(selector, start, root || document);
  }

  // Says something in the notice area without taking the focus; `undo` is {label, run}.
  function toast(text, undo) {
    const area = document.querySelector("[data-toasts]");
    if (!area) return;
    const box = document.createElement("div");
    box.className = "toast";
    box.append(Object.assign(document.createElement("span"), { textContent: text }));
    const away = setTimeout(() => box.remove(), undo ? 10000 : 6000);
    if (undo) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: undo.label });
      button.addEventListener("click", () => { clearTimeout(away); box.remove(); undo.run(); });
      box.append(button);
    }
    area.append(box);
  }

  function cookie(name) {
    const part = document.cookie.split("; ").find((piece) => piece.startsWith(name + "="));
    return part ? decodeURIComponent(part.slice(name.length + 1)) : "";
  }

  function loadScript(url) {
    return new Promise((resolve, reject) => {
      if (document.querySelector(`script[src="${url}"]`)) return resolve();
      const script = Object.assign(document.createElement("script"), { src: url, onload: resolve, onerror: reject });
      document.head.append(script);
    });
  }

  function loadStyle(url) {
    if (document.querySelector(`link[href="${url}"]`)) return;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: url }));
  }

  window.Mulin = {
    connect(selector, start) {
      controllers.push([selector, start]);
      if (document.readyState !== "loading") connectOne(selector, start, document);
    },
    refresh, toast, cookie, loadScript, loadStyle,
  };

  // A long row of tabs scrolls on a phone: the open one stands in sight.
  controllers.push([".tabs a[aria-current]", (tab) => {
    const row = tab.closest(".tabs"), over = tab.getBoundingClientRect().right - row.getBoundingClientRect().right;
    if (over > 0) row.scrollLeft = over + 24;
  }]);

  document.addEventListener("DOMContentLoaded", () => {
    refresh();
    // A form that came back: what is wrong stands in sight, however far down, and is read out.
    const wrong = document.querySelector("main [data-errors]") || document.querySelector("main [aria-invalid=true]");
    if (wrong) { wrong.focus({ preventScroll: true }); wrong.scrollIntoView({ block: "center" }); }
  });
  document.addEventListener("htmx:load", (event) => refresh(event.detail.elt));
  // The server may ask for a notice with the header HX-Trigger: {"mulin:toast": {"text": "…"}}.
  document.addEventListener("mulin:toast", (event) => toast(event.detail.text || event.detail.value));
  document.addEventListener("htmx:sendError", () => toast(document.body.dataset.offlineText || ""));
  document.addEventListener("htmx:responseError", () => toast(document.body.dataset.failedText || ""));

  // A form is sent once: the second tap on the same button is ignored until the page answers, and the button shows
  // that it is on its way. Who sends a form by a script says so with Mulin.sending, and Mulin.sent when it is over.
  const late = new WeakMap();
  function sending(form, button, most = 8000) {
    form.dataset.sending = "1";
    if (button) button.setAttribute("aria-busy", "true");
    clearTimeout(late.get(form));
    late.set(form, setTimeout(() => sent(form), most));
  }
  // Buttons may stand outside of their form, and a form may have been taken from the page meanwhile.
  function sent(form) {
    clearTimeout(late.get(form));
    delete form.dataset.sending;
    for (const button of [...form.elements, ...form.querySelectorAll("[aria-busy]")]) button.removeAttribute("aria-busy");
  }
  Object.assign(window.Mulin, { sending, sent });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) return event.preventDefault();
    sending(form, event.submitter);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sending]").forEach(sent);
  });
})();
