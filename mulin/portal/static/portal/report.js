// The report screen: a kind preselected from the hint, the telephone's position, and in elder mode one step a screen.
// Everything here is a comfort: without it the form is one page that works.

// What needs scripts is hidden until a script shows it.
Mulin.connect("[data-needs-script]", (element) => { element.hidden = false; });

// <p data-kind-guess="help"> in the hint chooses the chip of that kind, until the person has chosen one.
Mulin.connect("[data-kind-guess]", (hint) => {
  "use strict";
  const form = hint.closest("form");
  if (!form || form.dataset.kindChosen || !hint.dataset.kindGuess) return;
  const chip = form.querySelector(`input[name=kind][value="${hint.dataset.kindGuess}"]`);
  if (chip) chip.checked = true;
});
Mulin.connect("form[data-draft=report]", (form) => {
  "use strict";
  const chosen = form.querySelector("input[name=kind]:checked");
  if (chosen && chosen.value) form.dataset.kindChosen = "1";
  form.addEventListener("change", (event) => { if (event.target.name === "kind") form.dataset.kindChosen = "1"; });
  // Once sent, nothing may change by itself: sent again on a bad line it must be the very same report.
  form.addEventListener("submit", () => { form.dataset.kindChosen = "1"; });
});

// <button hidden data-locate data-lon="id" data-lat="id" data-said="id">: the position of the telephone, asked for once.
Mulin.connect("[data-locate]", (button) => {
  "use strict";
  if (!navigator.geolocation || !window.isSecureContext) return;
  const said = document.getElementById(button.dataset.said);
  const put = (id, value) => {
    const input = document.getElementById(id);
    input.value = value.toFixed(6);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    said.textContent = button.dataset.tWait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        put(button.dataset.lon, coords.longitude);
        put(button.dataset.lat, coords.latitude);
        said.textContent = button.dataset.tDone.replace("{n}", Math.max(1, Math.round(coords.accuracy)));
      },
      () => { said.textContent = button.dataset.tFailed; },
      { enableHighAccuracy: true, timeout: 12000, maximumAge: 60000 },
    );
  });
});

// <form data-steps> with [data-step] parts: one part at a time, with 下一步 and 上一步 between them.
Mulin.connect("form[data-steps]", (form) => {
  "use strict";
  const parts = [...form.querySelectorAll("[data-step]")];
  if (parts.length < 2) return;
  const button = (text, css) => Object.assign(document.createElement("button"), { type: "button", className: css, textContent: text });
  const wrong = parts.findIndex((part) => part.querySelector(".field__error"));
  let at = Math.max(0, wrong);

  function show(next, focus) {
    at = next;
    parts.forEach((part, i) => { part.hidden = i !== at; });
    if (!focus) return;
    form.scrollIntoView({ block: "start" });
    const first = parts[at].querySelector("[data-step-count]");
    first.focus();
  }
  parts.forEach((part, i) => {
    const count = Object.assign(document.createElement("p"), { className: "soft small", tabIndex: -1 });
    count.dataset.stepCount = "";
    count.textContent = form.dataset.tOf.replace("{n}", i + 1).replace("{all}", parts.length);
    part.prepend(count);
    const row = Object.assign(document.createElement("div"), { className: "form-end" });
    if (i < parts.length - 1) {
      const next = button(form.dataset.tNext, "btn btn--main btn--wide");
      next.addEventListener("click", () => show(i + 1, true));
      row.append(next);
    }
    if (i) {
      const back = button(form.dataset.tBack, "btn btn--wide");
      back.addEventListener("click", () => show(i - 1, true));
      row.append(back);
    }
    part.append(row);
  });
  // What is missing may be named at the top and asked for in another step.
  document.querySelectorAll("[data-errors] a[href^='#']").forEach((link) => link.addEventListener("click", () => {
    const asked = document.getElementById(link.hash.slice(1));
    const step = parts.findIndex((part) => asked && part.contains(asked));
    if (step >= 0) show(step, false);
  }));
  show(at, false);
});
