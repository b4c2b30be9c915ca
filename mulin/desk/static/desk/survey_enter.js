// <form data-survey-enter>: typing paper sheets in without the mouse. A digit ticks the choice of that number in the
// question at hand (0 is the tenth), in a ranking it is the rank beside the choice; Enter goes to the next question,
// Shift+Enter back (in a text: a new line), Ctrl+Enter saves.
Mulin.connect("[data-survey-enter]", (form) => {
  "use strict";
  const groups = () => [...form.querySelectorAll("[data-question], [data-question] .survey__row")].filter(
    (box) => !box.closest("[hidden]") && !box.querySelector(".survey__row") && !isAnswered(box));
  // Why a slip's code is missing is asked of nobody who typed it: Enter passes it by, unless that code was refused.
  const isAnswered = (box) => {
    const code = form.elements[box.dataset.onlyWithout];
    return Boolean(code && code.value.trim() && !code.matches("[aria-invalid]"));
  };
  const inputs = (box) => [...box.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((one) => !one.disabled && !one.closest("[hidden]"));
  const at = () => groups().findIndex((box) => box.contains(document.activeElement));

  function go(to) {
    const all = groups();
    const box = all[to];
    if (!box) return to >= all.length ? form.querySelector("[data-survey-save]").focus() : undefined;
    const first = inputs(box).find((one) => one.checked) || inputs(box)[0];
    if (first) { first.focus(); box.scrollIntoView({ block: "center" }); }
  }

  form.addEventListener("keydown", (event) => {
    const box = groups()[at()];
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-survey-save]"));
    } else if (event.key === "Enter" && !event.isComposing && event.target.tagName !== "BUTTON" && !(event.shiftKey && event.target.tagName === "TEXTAREA")) {
      event.preventDefault();
      go(at() + (event.shiftKey ? -1 : 1));
    } else if (/^[0-9]$/.test(event.key) && box && ["radio", "checkbox"].includes(event.target.type)) {
      // Also the disabled ones count: the numbers are those on the paper.
      const choice = box.querySelectorAll("input[type=radio], input[type=checkbox]")[(Number(event.key) || 10) - 1];
      if (!choice) return;
      event.preventDefault();
      if (choice.disabled) return;
      choice.focus();
      choice.click();
      // Beside "other" stands what it is: the words come next, not the next question.
      const words = choice.checked && choice.value === "other" && box.querySelector("[data-other] input");
      if (words) words.focus();
      else if (choice.type === "radio") go(at() + 1);
    } else if (/^[0-9]$/.test(event.key) && box && event.target.matches("[data-rank]")) {
      event.preventDefault();
      if (event.key !== "0" && !event.target.querySelector(`option[value="${event.key}"]`)) return;
      event.target.value = event.key === "0" ? "" : event.key;
      event.target.dispatchEvent(new Event("input", { bubbles: true }));
      const ranks = [...box.querySelectorAll("[data-rank]")];
      const next = ranks[ranks.indexOf(event.target) + 1];
      if (next) next.focus();
      else go(at() + 1);
    }
  });
  go(0);
});
