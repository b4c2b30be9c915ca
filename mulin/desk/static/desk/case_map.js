// Cases on a map: shapes first, pins second. <div data-case-map data-shapes-url data-pins-url data-leaflet-js data-leaflet-css>.
// A pin's colour is its tone ("", wait, done, urgent); pressing it, or Enter on it, opens the case. The list says the same in words.
Mulin.connect("[data-case-map]", (box) => {
  "use strict";
  const said = document.querySelector("[data-case-map-said]");
  const say = (text) => { if (said) said.textContent = text || ""; };
  const plain = (text) => String(text || "").replace(/[<>&]/g, "");
  async function json(url) {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? answer.json() : null;
  }
  async function open() {
    Mulin.loadStyle(box.dataset.leafletCss);
    await Mulin.loadScript(box.dataset.leafletJs);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(box.querySelector(".map"), { center: [29.53, 106.57], zoom: 13, attributionControl: Boolean(box.dataset.tiles), zoomAnimation: !still, fadeAnimation: !still });
    if (box.dataset.tiles) L.tileLayer(box.dataset.tiles).addTo(map);
    const [outline, pins] = await Promise.all([json(box.dataset.shapesUrl), json(box.dataset.pinsUrl)]);
    let bounds = null;
    if (outline && outline.features.length) {
      const layer = L.geoJSON(outline, { interactive: false, style: { className: "map-shape", color: null, fillColor: null, weight: 1.5 } }).addTo(map);
      bounds = layer.getBounds();
    }
    if (!pins) return say(box.dataset.tFailed);
    const layer = L.geoJSON(pins, {
      pointToLayer: (feature, at) => L.circleMarker(at, { radius: 8, className: `case-pin case-pin--${feature.properties.tone || "plain"}`, color: null, fillColor: null, weight: 2, fillOpacity: 0.9 }),
      onEachFeature(feature, pin) {
        const facts = feature.properties;
        pin.bindTooltip(`${plain(facts.name)} · ${plain(facts.state)}`);
        pin.on("click", () => { if (facts.url.startsWith("/")) location.assign(facts.url); });
        pin.on("add", () => {
          const path = pin.getElement();
          if (!path) return;
          path.setAttribute("tabindex", "0");
          path.setAttribute("role", "link");
          path.setAttribute("aria-label", `${facts.name} · ${facts.state}`);
          path.addEventListener("keydown", (event) => { if (event.key === "Enter") location.assign(facts.url); });
        });
      },
    }).addTo(map);
    const n = pins.features.length;
    say(n ? box.dataset.tCount.replace("{n}", n) : box.dataset.tNone);
    if (n) bounds = layer.getBounds();
    if (bounds && bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 17 });
  }
  open().catch(() => say(box.dataset.tFailed));
});
