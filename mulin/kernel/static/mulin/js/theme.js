// <button data-theme-switch data-labels="自动|浅色|深色">: goes round auto, light, dark and remembers it in a cookie,
// so that the server writes the right data-theme on the next page and nothing flashes.
Mulin.connect("[data-theme-switch]", (button) => {
  "use strict";
  const order = ["auto", "light", "dark"];
  const labels = (button.dataset.labels || "").split("|");
  const text = button.querySelector("[data-theme-label]");
  const root = document.documentElement;
  const show = () => { if (text && labels.length === 3) text.textContent = labels[order.indexOf(root.dataset.theme || "auto")]; };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = order[(order.indexOf(root.dataset.theme || "auto") + 1) % 3];
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `mulin_theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    show();
  });
  show();
});
