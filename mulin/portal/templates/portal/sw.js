// Keeps the files of the shell and one page for when there is no line. Pages themselves are never kept:
// they may hold what somebody said.
const files = {{ files|safe }};
const offline = "{{ offline }}";
const shelf = "mulin-" + files.join("").length + "-" + [...files.join("")].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);

self.addEventListener("install", (event) => {
  // One by one: a file that is missing must not keep the others away.
  event.waitUntil(caches.open(shelf).then((cache) => Promise.allSettled([offline, ...files].map((url) => cache.add(url)))).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((keys) => Promise.all(keys.filter((key) => key.startsWith("mulin-") && key !== shelf).map((key) => caches.delete(key)))).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(offline, { ignoreVary: true })));
  } else if (url.pathname.startsWith("{{ static }}")) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept || fetch(request)));
  }
});
