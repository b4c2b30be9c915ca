// <form data-question-form>: shows only the fields that the chosen kind of question has a use for. Without scripts
// all fields stand there, and what a kind has no use for is left out on the server.
Mulin.connect("[data-question-form]", (form) => {
  "use strict";
  const uses = {
    options: ["single", "multiple", "matrix", "ranking"], rows: ["matrix"], other: ["single", "multiple", "ranking"],
    least: ["multiple", "ranking", "number"], most: ["multiple", "ranking", "number", "rating", "text"],
  };
  const kind = form.querySelector('[name="kind"]');
  function show() {
    for (const box of form.querySelectorAll("[data-for-field]")) {
      const fits = uses[box.dataset.forField];
      box.hidden = Boolean(fits) && !fits.includes(kind.value);
    }
  }
  kind.addEventListener("change", show);
  show();
});
