// Dialogs. Without scripts the link or the button does its plain work (a page with the same form, or the post itself).
//   <a href="/cases/1/close" data-dialog-open="close-dialog">      opens <dialog id="close-dialog">
//   <button type="submit" data-confirm="撤回后邻居看不到它。">        asks once, plainly, then submits
Mulin.connect("[data-dialog-open]", (opener) => {
  "use strict";
  const dialog = document.getElementById(opener.dataset.dialogOpen);
  if (!dialog || !dialog.showModal) return;
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", (event) => { event.preventDefault(); dialog.showModal(); });
});

Mulin.connect("dialog", (dialog) => {
  "use strict";
  dialog.querySelectorAll("[data-dialog-close]").forEach((button) => button.addEventListener("click", () => dialog.close("")));
  // A tap outside closes only a dialog in which nothing was typed.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && !dialog.querySelector("form textarea, form input:not([type=hidden])")) dialog.close("");
  });
});

Mulin.connect("[data-confirm]", (button) => {
  "use strict";
  const dialog = document.getElementById("confirm");
  if (!dialog || !dialog.showModal || !button.form) return;
  let sure = false;
  button.addEventListener("click", (event) => {
    if (sure) { sure = false; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("[data-confirm-title]").textContent = button.dataset.confirmTitle || button.textContent.trim();
    dialog.querySelector("[data-confirm-text]").textContent = button.dataset.confirm;
    const yes = dialog.querySelector("[data-confirm-yes]");
    yes.textContent = button.dataset.confirmLabel || button.textContent.trim();
    dialog.returnValue = "";
    dialog.onclose = () => { if (dialog.returnValue === "yes") { sure = true; button.click(); } };
    dialog.showModal();
  }, true);
});

// Menus made of <details> close on Escape and on a tap elsewhere.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
