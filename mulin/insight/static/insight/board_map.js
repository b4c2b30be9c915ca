// <details data-board-map="…map.json" data-leaflet-js data-leaflet-css data-tiles data-t-place="{name} {n}" data-t-square
//          data-t-since="{day}" data-t-empty data-t-failed> <summary>…</summary> <div class="map"></div> <p data-map-said></p> </details>
// Draws the GeoJSON of insight/shapes.py: places shaded by `step`, squares above them. A place opens its own board.
// Points (insight/coverage/mapping.py) are drawn by their kind: near, far, station, trial; their text stands beside them.
Mulin.connect("[data-board-map]", (box) => {
  "use strict";
  const words = box.dataset;
  const said = box.querySelector("[data-map-said]");
  let map;

  const SIZES = { near: 5, far: 6, station: 9, trial: 9 };

  function draw(data) {
    const layer = L.geoJSON(data, {
      pointToLayer: (feature, at) => L.circleMarker(at, { radius: SIZES[feature.properties.kind] }),
      style: (feature) => {
        const { kind, step } = feature.properties;
        if (kind in SIZES) return { className: `map-point map-point--${kind}`, color: null, fillColor: null, fillOpacity: 1, weight: 2 };
        const name = kind === "square" ? "map-square" : "map-shape";
        return { className: `${name} ${name}--${step}`, color: null, fillColor: null, weight: 1.5 };
      },
      onEachFeature(feature, shape) {
        const facts = feature.properties;
        const text = facts.kind in SIZES ? facts.text : facts.kind === "square" ? words.tSquare.replace("{n}", facts.n) : facts.text ? words.tPlace.replace("{name}", facts.name).replace("{n}", facts.text) : facts.name;
        const label = document.createElement("span");
        label.textContent = text;
        shape.bindTooltip(label, { sticky: true });
        if (facts.url && facts.url.startsWith("/")) shape.on("click", () => location.assign(facts.url));
      },
    }).addTo(map);
    if (data.since) said.textContent += " " + words.tSince.replace("{day}", data.since);
    if (layer.getLayers().length) map.fitBounds(layer.getBounds(), { padding: [8, 8] });
    else said.textContent = words.tEmpty;
  }

  async function open() {
    if (map) return map.invalidateSize();
    Mulin.loadStyle(words.leafletCss);
    await Mulin.loadScript(words.leafletJs);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    map = L.map(box.querySelector(".map"), { center: [29.56, 106.55], zoom: 11, attributionControl: false, zoomAnimation: !still, fadeAnimation: !still });
    if (words.tiles) L.tileLayer(words.tiles).addTo(map);
    const answer = await fetch(words.boardMap, { headers: { Accept: "application/geo+json, application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    draw(await answer.json());
  }
  box.addEventListener("toggle", () => { if (box.open) open().catch(() => { said.textContent = words.tFailed; }); });
});
