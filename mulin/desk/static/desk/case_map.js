// Cases on a map: shapes first, pins second. <div data-case-map data-shapes-url data-pins-url data-leaflet-js data-leaflet-css>.
// One marker a point, and one for points too near each other to be pressed apart at this zoom: its colour is the worst tone of its cases ("", wait, done, urgent). Pressing it, or Enter on it, opens
// the case; where there are several, a list of them as links. The list page says the same in words.
Mulin.connect("[data-case-map]", (box) => {
  "use strict";
  const said = document.querySelector("[data-case-map-said]");
  const say = (text) => { if (said) said.textContent = text || ""; };
  async function json(url) {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? answer.json() : null;
  }
  // The cases of one point, as links: what a marker with a number opens.
  function list(facts) {
    const listed = Object.assign(document.createElement("ul"), { className: "case-points" });
    for (const one of facts.cases) {
      const link = Object.assign(document.createElement("a"), { href: one.url, textContent: one.name });
      const state = Object.assign(document.createElement("span"), { className: "small soft", textContent: one.state });
      const dot = Object.assign(document.createElement("span"), { className: `map-key__dot map-key__dot--${one.tone || "plain"}` });
      const item = document.createElement("li");
      item.append(dot, link, state);
      listed.append(item);
    }
    const head = Object.assign(document.createElement("p"), { className: "small", textContent: saidOf(facts) });
    const all = document.createElement("div");
    all.append(head, listed);
    return all;
  }
  const RANKS = ["done", "", "wait", "urgent"];
  const NEAR = 36;
  const saidOf = (facts) => box.dataset.tHere.replace("{where}", facts.where).replace("{n}", facts.n);
  function marker(facts, at) {
    const only = facts.n === 1 ? facts.cases[0] : null;
    const title = only ? `${only.name} · ${only.state}` : saidOf(facts);
    const dot = document.createElement("span");
    if (!only) dot.textContent = facts.n > 99 ? "99+" : facts.n;
    const size = only ? 24 : 32;
    const icon = L.divIcon({ html: dot, iconSize: [size, size], className: `case-pin case-pin--${facts.tone || "plain"}` });
    const rank = RANKS.indexOf(facts.tone);
    const pin = L.marker(at, { icon, alt: title, title, zIndexOffset: rank * 1000 });
    if (only) pin.on("click keypress", (event) => {
      if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
      if (only.url.startsWith("/")) location.assign(only.url);
    });
    else pin.bindPopup(() => list(facts), { maxHeight: 260, minWidth: 280 });
    pin.on("add", () => {
      const element = pin.getElement();
      if (!element) return;
      element.setAttribute("role", only ? "link" : "button");
      element.setAttribute("aria-label", title);
    });
    return pin;
  }
  // Points nearer to each other than a marker is wide become one, in the worst tone of all.
  function gathered(features, map) {
    const groups = [];
    for (const { geometry, properties: facts } of features) {
      const at = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
      const near = groups.find((group) => map.latLngToLayerPoint(group.at).distanceTo(map.latLngToLayerPoint(at)) < NEAR);
      if (!near) groups.push({ at, facts: { ...facts, cases: [...facts.cases] } });
      else {
        near.facts.n += facts.n;
        near.facts.cases.push(...facts.cases);
        if (RANKS.indexOf(facts.tone) > RANKS.indexOf(near.facts.tone)) near.facts.tone = facts.tone;
      }
    }
    return groups;
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
    const n = pins.total;
    say(n ? box.dataset.tCount.replace("{n}", n) : box.dataset.tNone);
    if (n) bounds = L.geoJSON(pins).getBounds();
    if (bounds && bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 17, animate: false });
    const layer = L.layerGroup().addTo(map);
    const draw = () => {
      layer.clearLayers();
      for (const group of gathered(pins.features, map)) layer.addLayer(marker(group.facts, group.at));
    };
    map.on("zoomend", draw);
    draw();
  }
  open().catch(() => say(box.dataset.tFailed));
});
