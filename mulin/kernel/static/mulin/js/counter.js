// <textarea maxlength="500" data-counter="id-of-output" data-left="还能写 {n} 字">: says how much room is left, near the end only.
Mulin.connect("[data-counter]", (input) => {
  "use strict";
  const output = document.getElementById(input.dataset.counter);
  const limit = Number(input.getAttribute("maxlength"));
  if (!output || !limit) return;
  const show = () => {
    const left = limit - input.value.length;
    output.textContent = left <= Math.max(20, limit * 0.2) ? (input.dataset.left || "{n}").replace("{n}", left) : "";
  };
  input.addEventListener("input", show);
  show();
});
