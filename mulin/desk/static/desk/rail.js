// How many things wait, in the rail of pages that do not count them: what the last page that did has said. A list that is
// fetched beside a case says it anew (data-waiting). Kept for this window alone.
(function () {
  "use strict";
  const slot = "mulin.desk.waiting";
  const read = () => { try { return sessionStorage.getItem(slot); } catch { return null; } };
  const keep = (n) => { try { sessionStorage.setItem(slot, n); } catch { /* a private window: then nothing is kept */ } };

  function show(n) {
    const entry = document.querySelector("[data-rail=inbox]");
    if (!entry) return;
    let count = entry.querySelector(".rail__count");
    if (!Number(n)) { if (count) count.remove(); return; }
    if (!count) {
      count = Object.assign(document.createElement("span"), { className: "rail__count" });
      entry.append(count);
    }
    if (!count.firstChild || count.firstChild.data !== n) count.textContent = n;
  }

  Mulin.connect("[data-waiting]", (list) => { keep(list.dataset.waiting); show(list.dataset.waiting); });
  Mulin.connect("[data-rail=inbox]", (entry) => {
    const count = entry.querySelector(".rail__count");
    if (count) keep(count.firstChild.data);
    else if (!document.querySelector("[data-waiting]")) show(read());
  });
})();
