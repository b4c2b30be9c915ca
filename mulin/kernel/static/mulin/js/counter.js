// <textarea maxlength="500" data-counter="id-of-output" data-left="还能写 {n} 字">: says how much room is left, near the end only.
// <textarea data-limit="500" data-left="…" data-over="超出 {n} 字">: the same for a text that may grow longer than it can be sent,
// so that nothing of what is pasted is cut off; the server refuses it by the same limit. Without an output it gets one.
Mulin.connect("[data-counter], [data-limit]", (input) => {
  "use strict";
  const limit = Number(input.dataset.limit || input.getAttribute("maxlength"));
  let output = document.getElementById(input.dataset.counter);
  if (!limit) return;
  if (!output) {
    output = Object.assign(document.createElement("output"), { className: "field__count" });
    input.after(output);
  }
  const show = () => {
    const left = limit - [...input.value.trim()].length;
    const words = (left < 0 && input.dataset.over) || input.dataset.left || "{n}";
    output.textContent = left <= Math.max(20, limit * 0.2) ? words.replace("{n}", Math.abs(left)) : "";
    output.classList.toggle("field__count--over", left < 0);
  };
  input.addEventListener("input", show);
  show();
});
