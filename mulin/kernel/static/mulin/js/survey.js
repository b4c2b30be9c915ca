// <form data-survey data-save-url="…" data-t-saved="已保存" data-t-most="最多选 {n} 个">: questions appear when their
// condition is met; what is filled in is kept on the server a second after the last change, also while the page closes.
// Without scripts all questions stand there and the conditions are said in words.
Mulin.connect("[data-survey]", (form) => {
  "use strict";
  const said = form.querySelector("[data-saved]");
  let timer;
  let dirty = false;

  function chosen(key) {
    return new Set([...form.querySelectorAll(`[name="${CSS.escape(key)}"]:checked`)].filter((one) => !one.closest("[hidden]")).map((one) => one.value));
  }

  function show() {
    for (const box of form.querySelectorAll("[data-only-if]")) {
      const given = chosen(box.dataset.onlyIf);
      box.hidden = !box.dataset.onlyAny.split(" ").some((one) => given.has(one));
      const words = box.querySelector("[data-only-text]");
      if (words) words.hidden = true;
    }
    for (const line of form.querySelectorAll("[data-other]")) line.hidden = !chosen(line.dataset.other).has("other");
    for (const group of form.querySelectorAll("[data-most]")) {
      const full = group.querySelectorAll(":checked").length >= Number(group.dataset.most);
      for (const one of group.querySelectorAll("input")) one.disabled = full && !one.checked;
    }
  }

  // A rank is given once: the one who had it before loses it.
  function settle(select) {
    for (const other of select.closest("ul").querySelectorAll("[data-rank]")) {
      if (other !== select && select.value && other.value === select.value) other.value = "";
    }
  }

  async function save() {
    if (!dirty || !form.dataset.saveUrl) return;
    dirty = false;
    let kept = false;
    try {
      kept = (await fetch(form.dataset.saveUrl, { method: "POST", body: new FormData(form), keepalive: true })).ok;
    } catch (error) {
      kept = false; // no line: tried again at the next change, or when the page is left
    }
    if (!kept) dirty = true;
    if (said) said.textContent = kept ? form.dataset.tSaved || "" : "";
  }

  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-rank]")) settle(event.target);
    show();
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, 1000);
  });
  form.addEventListener("submit", () => { dirty = false; clearTimeout(timer); });
  // The code of a scanned slip stands behind the # of the address: no server and no log ever sees it there.
  const code = form.elements.code;
  const scanned = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code && scanned && !code.value) code.value = scanned;
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  show();
});
