// Recording quickly. Suggestions fill in fields with one press; a long list of buildings gets a line to narrow it by.
//   <button data-set="id_category" data-value="…">      <button data-set-radio="kind" data-value="…">
//   <div data-narrow="words of the line"><select>…</select></div>
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set], [data-set-radio]");
    if (!button) return;
    if (button.dataset.set) {
      const field = document.getElementById(button.dataset.set);
      if (field) { field.value = button.dataset.value; field.dispatchEvent(new Event("change", { bubbles: true })); }
    } else {
      const radio = document.querySelector(`input[name="${button.dataset.setRadio}"][value="${button.dataset.value}"]`);
      if (radio) { radio.checked = true; radio.dispatchEvent(new Event("change", { bubbles: true })); }
    }
    button.setAttribute("aria-pressed", "true");
  });

  function narrow(box) {
    const select = box.querySelector("select");
    if (!select || select.options.length < 12 || box.querySelector("[data-narrow-line]")) return;
    const line = Object.assign(document.createElement("input"), { type: "search", className: "control narrow-line", autocomplete: "off", placeholder: box.dataset.narrow });
    line.dataset.narrowLine = "";
    line.setAttribute("aria-label", box.dataset.narrow);
    line.setAttribute("data-draft-skip", "");
    select.before(line);
    const all = [...select.querySelectorAll("option")];
    line.addEventListener("input", () => {
      const wanted = line.value.trim().toLowerCase();
      const fitting = [];
      for (const option of all) {
        const group = option.parentElement.tagName === "OPTGROUP" ? option.parentElement.label : "";
        const fits = !option.value || !wanted || `${group} ${option.textContent}`.toLowerCase().includes(wanted);
        option.hidden = !fits;
        option.disabled = !fits;
        if (fits && option.value) fitting.push(option);
      }
      // Chosen by itself only where nothing else fits: a wrong building is worse than none.
      if (wanted && fitting.length === 1) select.value = fitting[0].value;
      else if (!fitting.includes(select.selectedOptions[0])) select.value = "";
    });
    line.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); select.focus(); } });
  }
  Mulin.connect("[data-narrow]", narrow);
  document.addEventListener("htmx:load", (event) => {
    const box = event.detail.elt.closest && event.detail.elt.closest("[data-narrow]");
    if (box) narrow(box);
  });

  // A table of rows: one more, without loading the page anew.
  Mulin.connect("[data-more-rows]", (button) => {
    const template = document.querySelector("template[data-row]");
    const place = document.querySelector("[data-rows]");
    if (!template || !place) return;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const row = template.content.cloneNode(true);
      const n = place.children.length + 1;
      const key = crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + String(Math.random()).slice(2);
      row.querySelector("input[name=key]").value = key;
      for (const part of row.querySelectorAll("[data-name]")) part.setAttribute("aria-label", part.dataset.name.replace("{n}", n));
      place.append(row);
      place.lastElementChild.querySelector("textarea").focus();
    });
  });

  // <form data-where="what to say">: one of address, building (not a whole grid) and position must be there. Checked here
  // too, since a form that waits for the line cannot be asked again.
  Mulin.connect("form[data-where]", (form) => {
    const { address, building, lon } = Object.fromEntries(["address", "building", "lon"].map((name) => [name, form.elements.namedItem(name)]));
    const check = () => {
      const exact = building.value && building.value.slice(12, 14) !== "-G";
      address.setCustomValidity(address.value.trim() || exact || lon.value ? "" : form.dataset.where);
    };
    form.addEventListener("input", check);
    form.addEventListener("change", check);
    check();
  });

  // Where one stands, for a 大事: filled in only when the browser is allowed to say it.
  Mulin.connect("[data-locate]", (button) => {
    if (!navigator.geolocation) return;
    button.hidden = false;
    button.addEventListener("click", () => navigator.geolocation.getCurrentPosition((at) => {
      button.form.elements.namedItem("lon").value = at.coords.longitude.toFixed(6);
      button.form.elements.namedItem("lat").value = at.coords.latitude.toFixed(6);
      button.setAttribute("aria-pressed", "true");
      button.form.dispatchEvent(new Event("change"));
      Mulin.toast(button.dataset.done);
    }, () => Mulin.toast(button.dataset.failed), { enableHighAccuracy: true, timeout: 8000 }));
  });
})();
