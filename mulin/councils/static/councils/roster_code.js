// A letter's QR carries its code behind the #, where no server sees it. Who has to log in first finds it again:
// it is kept in this tab until it stands in the form's field.
"use strict";
Mulin.connect("[data-roster-code]", (element) => {
  const kept = "mulin.roster-code";
  const found = /^#code=([0-9A-Za-z-]{4,16})$/.exec(window.location.hash);
  if (found) {
    sessionStorage.setItem(kept, found[1]);
    history.replaceState(null, "", window.location.pathname + window.location.search);
  }
  const field = element.querySelector("[name=code]");
  const code = sessionStorage.getItem(kept);
  if (!field || !code) return;
  if (!field.value) field.value = code;
  sessionStorage.removeItem(kept);
});
