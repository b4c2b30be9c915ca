// <input data-place-search="/places/search">: offers places while one types, as "name code". The server understands
// a name, a code or both, so the field works without this file.
Mulin.connect("[data-place-search]", (input) => {
  "use strict";
  const list = document.createElement("datalist");
  list.id = `${input.id || input.name}-places`;
  input.after(list);
  input.setAttribute("list", list.id);
  let wait = 0;
  let asked = "";
  async function ask() {
    const text = input.value.trim();
    if (text.length < 2 || text === asked || /\d{12}/.test(text)) return;
    asked = text;
    try {
      const answer = await fetch(`${input.dataset.placeSearch}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const found = await answer.json();
      list.replaceChildren(...found.items.map((item) => {
        const option = document.createElement("option");
        option.value = `${item.full_name} ${item.code}`;
        return option;
      }));
    } catch { asked = ""; }
  }
  input.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 250); });
});
