// A list whose rows can be ticked: <form data-ticks> with checkboxes named n, [data-ticks-said] and [data-ticks-all].
// x ticks the row one is on. Filters marked data-send-on-change apply at once.
Mulin.connect("form[data-ticks]", (form) => {
  "use strict";
  const said = form.querySelector("[data-ticks-said]");
  const all = form.querySelector("[data-ticks-all]");
  form.classList.add("is-ticking");
  const boxes = () => [...form.querySelectorAll("input[name=n]")];
  function show() {
    const n = boxes().filter((box) => box.checked).length;
    form.classList.toggle("has-ticks", n > 0);
    if (said) said.textContent = n ? said.dataset.some.replace("{n}", n) : said.dataset.none;
    if (all) all.textContent = n && n === boxes().length ? all.dataset.off : all.dataset.on;
  }
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const some = boxes();
      const on = !some.every((box) => box.checked);
      some.forEach((box) => { box.checked = on; });
      show();
    });
  }
  form.addEventListener("change", show);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const row = document.activeElement.closest("[data-keys-row]");
    const box = row && row.querySelector("input[name=n]");
    if (box) { box.checked = !box.checked; show(); event.preventDefault(); }
  });
  show();
});
Mulin.connect("[data-send-button]", (button) => { button.hidden = true; });
Mulin.connect("[data-send-on-change]", (select) => {
  "use strict";
  select.addEventListener("change", () => select.form.requestSubmit());
});
