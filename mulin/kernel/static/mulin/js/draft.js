// <form data-draft="report">: keeps what was typed on this phone, restores it, and sends it once.
//   data-draft-restored / data-draft-waiting   what to say after restoring, and while there is no line
//   data-draft-sending                          what to say, with a bar, while photos are on their way
//   [data-draft-note] > [data-draft-said]       where it is said; [data-draft-close] puts it away. What happens now
//                                                (no line, on its way) stays in sight; what was restored scrolls away
//   data-draft-skip on a control                never kept (passwords and files never are)
//   data-draft-fresh                            the server gave a new key: the kept one was used up by another text
//   an element [data-draft-clear="report"] on the page after success forgets the draft
// The form carries a key made once for each draft (field `idempotency_key`): the server takes the same key only once,
// so a report that was sent on a bad line and sent again is still one report.
(function () {
  "use strict";
  const week = 7 * 24 * 3600 * 1000;
  const longest = 120000;  // for photos on a slow line
  const slot = (name) => "mulin.draft." + name;
  const read = (name) => {
    try {
      const kept = JSON.parse(localStorage.getItem(slot(name)));
      if (kept && Date.now() - kept.at < week) return kept;
      localStorage.removeItem(slot(name));
    } catch { /* storage may be closed in a private window: then nothing is kept */ }
    return null;
  };
  const write = (name, kept) => { try { localStorage.setItem(slot(name), JSON.stringify({ ...kept, at: Date.now() })); } catch { /* see above */ } };
  const forget = (name) => { try { localStorage.removeItem(slot(name)); } catch { /* see above */ } };
  const keepable = (control) => control.name && !["password", "file", "submit", "button", "hidden"].includes(control.type)
    && control.name !== "csrfmiddlewaretoken" && !("draftSkip" in control.dataset);
  const newKey = () => (crypto.randomUUID ? crypto.randomUUID()
    : [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""));

  // Sends the form and says how far it got. The server answers a success with X-Mulin-Next instead of a redirect,
  // so that the page after it is loaded once, by the browser.
  function post(url, body, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.setRequestHeader("Accept", "text/html");
      request.setRequestHeader("X-Mulin-Draft", "1");
      request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
      request.onload = () => (request.status >= 502 ? reject(new Error(String(request.status))) : resolve(request));
      request.onerror = request.ontimeout = () => reject(new Error("offline"));
      request.timeout = longest;
      request.send(body);
    });
  }

  function collect(form) {
    const values = {};
    for (const control of form.elements) {
      if (!keepable(control)) continue;
      if (control.type === "checkbox" || control.type === "radio") {
        if (control.checked) (values[control.name] ||= []).push(control.value);
      } else if (control.value) (values[control.name] ||= []).push(control.value);
    }
    return values;
  }

  function restore(form, values) {
    let changed = false;
    const taken = {};
    for (const control of form.elements) {
      if (!keepable(control) || !values[control.name]) continue;
      const kept = values[control.name];
      if (control.type === "checkbox" || control.type === "radio") control.checked = kept.includes(control.value);
      else if (!control.value) {
        const at = taken[control.name] || 0;
        taken[control.name] = at + 1;
        if (kept[at] === undefined) continue;
        control.value = kept[at];
        changed = true;
        control.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    return changed;
  }

  Mulin.connect("[data-draft-clear]", (mark) => forget(mark.dataset.draftClear));

  Mulin.connect("form[data-draft]", (form) => {
    const name = form.dataset.draft;
    const note = form.querySelector("[data-draft-note]");
    const said = note && note.querySelector("[data-draft-said]");
    function say(text, stays = true) {
      if (!note) return;
      said.textContent = text || "";
      note.hidden = !text;
      note.classList.toggle("is-pinned", Boolean(text) && stays);
    }
    if (note) note.querySelector("[data-draft-close]").addEventListener("click", () => say(""));
    // Said once in words; the bar is for the eye only. A text alone is sent too fast to be worth a word.
    function sent(share) {
      if (!note || !form.dataset.draftSending) return;
      let bar = note.querySelector("progress");
      if (!bar) {
        say(form.dataset.draftSending);
        bar = Object.assign(document.createElement("progress"), { max: 1 });
        bar.setAttribute("aria-hidden", "true");
        said.append(bar);
      }
      bar.value = share;
    }
    const kept = read(name) || {};
    let field = form.elements.namedItem("idempotency_key");
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "idempotency_key" });
      form.append(field);
    }
    field.value = ("draftFresh" in form.dataset ? "" : kept.key) || field.value || newKey();
    if (kept.values && restore(form, kept.values)) say(form.dataset.draftRestored, false);

    let timer;
    let done = false;  // sent: leaving the page must not keep the draft again
    const keep = () => { if (!done) write(name, { key: field.value, values: collect(form) }); };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 300); });
    form.addEventListener("reset", () => { forget(name); field.value = newKey(); say(""); });
    window.addEventListener("pagehide", () => { if (timer) keep(); });

    let waiting = false;
    let pressed = null;
    let sending = false;
    async function send() {
      if (sending) return;
      let leaving = false;
      sending = true;
      form.setAttribute("aria-busy", "true");
      Mulin.sending(form, pressed, longest);
      try {
        const photos = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
        const answer = await post(form.action, new FormData(form, pressed), photos ? sent : () => {});
        const next = answer.getResponseHeader("X-Mulin-Next");
        waiting = false;
        say("");
        if (next) {
          // Led to log in first: what was typed stays for afterwards.
          if (next.startsWith("/account/login")) keep(); else { done = true; forget(name); }
          leaving = true;
          location.assign(next);
          return;
        }
        show(answer.responseText);
      } catch {
        waiting = true;
        keep();
        say(form.dataset.draftWaiting);
        setTimeout(() => { if (waiting) send(); }, 15000);
      } finally {
        sending = false;
        form.removeAttribute("aria-busy");
        if (!leaving) Mulin.sent(form);
      }
    }
    // The page came back instead of a receipt: it holds the errors. Photos are carried over, text is restored.
    function show(html) {
      const page = new DOMParser().parseFromString(html, "text/html");
      const fresh = page.querySelector("main");
      const old = document.querySelector("main");
      if (!fresh || !old) return;
      const photos = [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
      old.replaceWith(fresh);
      Mulin.refresh(fresh);
      for (const input of photos) {
        const next = fresh.querySelector(`input[type=file][name="${input.name}"]`);
        if (!next) continue;
        next.files = input.files;
        next.dispatchEvent(new Event("change", { bubbles: true }));
      }
      if (window.htmx) window.htmx.process(fresh);
      const first = ["[data-errors]", "[aria-invalid=true]", "h1"].map((what) => fresh.querySelector(what)).find(Boolean);
      if (first) { first.setAttribute("tabindex", "-1"); first.focus(); first.scrollIntoView({ block: "center" }); }
    }
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      pressed = event.submitter;
      keep();
      send();
    });
    // The same page again after it was sent and left: what is changed in it now is kept like any other draft.
    window.addEventListener("pageshow", (event) => { if (event.persisted) done = false; });
    window.addEventListener("online", () => { if (waiting) send(); });
  });
})();
