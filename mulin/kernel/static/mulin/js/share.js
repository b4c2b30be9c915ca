// <button hidden data-share-url="…" data-share-title="…" data-done="已复制">: the phone's own share sheet, else the clipboard.
// <button hidden data-copy="…" data-done="已复制">: the clipboard only. Both stay hidden where neither works.
Mulin.connect("[data-share-url], [data-copy]", (button) => {
  "use strict";
  const url = button.dataset.shareUrl && new URL(button.dataset.shareUrl, location.href).href;
  if (!(url && navigator.share) && !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (url && navigator.share) {
      try { await navigator.share({ url, title: button.dataset.shareTitle || document.title }); return; }
      catch (error) { if (error.name === "AbortError" || !navigator.clipboard) return; }
    }
    await navigator.clipboard.writeText(url || button.dataset.copy);
    Mulin.toast(button.dataset.done);
  });
});
