// <details data-map data-shapes-url="…json" data-leaflet-js="…" data-leaflet-css="…" data-lon="id_lon" data-lat="id_lat"
//          data-view="106.57,29.53,15" data-tiles="" data-tiles-credit="">
//   <summary>在地图上点一下</summary> <div class="map"></div> <p data-map-said></p>
// Leaflet is fetched when the map is opened for the first time. Shapes first; tiles only where a source is set.
// A feature's properties: code, name, url when it can be opened, and n for a point that counts something: such points
// are drawn as their number, those that would overlap as one with their sum; it opens wider until they stand apart. Picking writes the two inputs and says the name.
Mulin.connect("[data-map]", (box) => {
  "use strict";
  const lon = document.getElementById(box.dataset.lon);
  const lat = document.getElementById(box.dataset.lat);
  const said = box.querySelector("[data-map-said]");
  let map;
  let pin;

  function put(at, name) {
    if (lon && lat) {
      lon.value = at.lng.toFixed(6);
      lat.value = at.lat.toFixed(6);
      lon.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (pin) pin.setLatLng(at);
    else pin = L.circleMarker(at, { radius: 9, className: "map-pin", color: "currentColor", weight: 3, fillOpacity: 0.9, fillColor: "#fff" }).addTo(map);
    if (said) said.textContent = (box.dataset.tPicked || "{name}").replace("{name}", name || `${at.lat.toFixed(4)}, ${at.lng.toFixed(4)}`);
  }

  const plain = (text) => (text || "").replace(/[<>&]/g, "");

  // Points nearer to one another than a marker is wide, as the map stands now.
  function gathered(points) {
    const heaps = [];
    for (const point of points) {
      const at = map.latLngToLayerPoint(point.at);
      const heap = heaps.find((one) => one.px.distanceTo(at) < 44);
      if (heap) heap.points.push(point);
      else heaps.push({ px: at, points: [point] });
    }
    return heaps.map((heap) => heap.points);
  }

  function mark(points, layer) {
    const n = points.reduce((sum, point) => sum + point.facts.n, 0);
    const names = points.slice(0, 3).map((point) => plain(point.facts.name)).join(", ") + (points.length > 3 ? " …" : "");
    const icon = L.divIcon({ className: "map-count", html: String(n), iconSize: n > 99 ? [40, 40] : [32, 32] });
    const marker = L.marker(points[0].at, { icon, title: names, alt: names, riseOnHover: true }).addTo(layer);
    marker.bindTooltip(names, { className: "map-tip", offset: [18, 0] });
    marker.getElement()?.setAttribute("aria-label", names);
    marker.on("focus", () => marker.openTooltip()).on("blur", () => marker.closeTooltip());
    const wider = L.latLngBounds(points.map((point) => point.at));
    const open = () => {
      const apart = points.length > 1 && !wider.getNorthEast().equals(wider.getSouthWest()) && map.getZoom() < 18;
      if (apart) map.fitBounds(wider, { padding: [48, 48], maxZoom: 18 });
      else if (points[0].facts.url.startsWith("/")) location.assign(points[0].facts.url);
    };
    marker.on("click", open).on("keypress", (event) => { if (event.originalEvent.key === "Enter") open(); });
  }

  function counts(features) {
    const points = features.map((one) => ({ at: L.latLng(one.geometry.coordinates[1], one.geometry.coordinates[0]), facts: one.properties }));
    const layer = L.layerGroup().addTo(map);
    const draw = () => { layer.clearLayers(); gathered(points).forEach((heap) => mark(heap, layer)); };
    map.on("zoomend", draw);
    draw();
  }

  function shapes(data) {
    const isCount = (one) => Boolean(one.properties && one.properties.n && one.geometry.type === "Point");
    const numbers = data.features.filter(isCount);
    if (numbers.length) data = { ...data, features: data.features.filter((one) => !isCount(one)) };
    const layer = L.geoJSON(data, {
      style: { className: "map-shape", color: null, fillColor: null, weight: 1.5 },
      pointToLayer: (feature, at) => L.circleMarker(at, { radius: 7, className: "map-shape" }),
      onEachFeature(feature, shape) {
        const facts = feature.properties || {};
        if (facts.name) shape.bindTooltip(plain(facts.name), { sticky: true });
        shape.on("click", (event) => {
          L.DomEvent.stopPropagation(event);
          if (facts.url && facts.url.startsWith("/") && !lon) location.assign(facts.url);
          else if (lon) put(event.latlng, facts.name);
        });
      },
    }).addTo(map);
    if (layer.getLayers().length && !(lon && lon.value)) map.fitBounds(layer.getBounds(), { padding: [8, 8] });
    if (numbers.length) counts(numbers);
  }

  async function open() {
    if (map) return map.invalidateSize();
    Mulin.loadStyle(box.dataset.leafletCss);
    await Mulin.loadScript(box.dataset.leafletJs);
    const [x, y, zoom] = (box.dataset.view || "106.55,29.56,12").split(",").map(Number);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    map = L.map(box.querySelector(".map"), { center: [y, x], zoom, attributionControl: Boolean(box.dataset.tiles), zoomAnimation: !still, fadeAnimation: !still });
    if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.tilesCredit || "" }).addTo(map);
    if (lon) map.on("click", (event) => put(event.latlng));
    if (lon && lon.value && lat.value) { const at = L.latLng(Number(lat.value), Number(lon.value)); map.setView(at, zoom); put(at); }
    if (box.dataset.shapesUrl) {
      const answer = await fetch(box.dataset.shapesUrl, { headers: { Accept: "application/json" } });
      if (answer.ok) shapes(await answer.json());
    }
  }
  const tryOpen = () => open().catch(() => { if (said) said.textContent = box.dataset.tFailed || ""; });
  if (box.tagName === "DETAILS") box.addEventListener("toggle", () => { if (box.open) tryOpen(); });
  else tryOpen();
});
