// Starts the service worker, and keeps its offline page in the language and size that are shown now.
(function () {
  "use strict";
  const worker = document.currentScript && document.currentScript.dataset.worker;
  if (!worker || !("serviceWorker" in navigator)) return;
  window.addEventListener("load", async () => {
    try {
      await navigator.serviceWorker.register(worker);
      const root = document.documentElement;
      const look = root.lang + (root.classList.contains("elder") ? "+" : "");
      if (localStorage.getItem("mulin.offline") === look) return;
      await navigator.serviceWorker.ready;
      for (const key of await caches.keys()) if (key.startsWith("mulin-")) await (await caches.open(key)).add("/offline");
      localStorage.setItem("mulin.offline", look);
    } catch { /* without a worker the pages work all the same, only not without a line */ }
  });
})();
