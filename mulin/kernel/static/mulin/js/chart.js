// <figure data-chart="line|bar" data-echarts="…js"> <div class="chart" hidden></div> <details> <table>…</table> </details> </figure>
// Draws the table that stands in the figure: first column the axis, every further column a series named above it.
// A row marked data-unfinished stays out of the lines: it would look like a fall. Without scripts the table is the chart. Colours come from the design's variables.
Mulin.connect("[data-chart]", (figure) => {
  "use strict";
  const table = figure.querySelector("table");
  const place = figure.querySelector(".chart");
  if (!table || !place || !figure.dataset.echarts) return;
  const cells = (row) => [...row.cells].map((cell) => cell.textContent.trim());
  const names = cells(table.tHead.rows[0]).slice(1);
  const rows = [...table.tBodies[0].rows].filter((row) => !("unfinished" in row.dataset)).map(cells);
  const number = (text) => (text === "" || text === "–" ? null : Number(text.replace(/[^\d.-]/g, "")));

  function options() {
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(name).trim();
    const size = parseFloat(getComputedStyle(figure).fontSize) * 0.875;
    const text = { color: colour("--ink-soft"), fontSize: size, fontFamily: getComputedStyle(document.body).fontFamily };
    const bar = figure.dataset.chart === "bar";
    const inks = [colour("--ink"), colour("--done"), colour("--edge")];
    return {
      animation: false,
      textStyle: text,
      legend: { show: names.length > 1, data: names, top: 0, left: 0, itemWidth: size * 2, itemHeight: size, icon: bar ? "roundRect" : undefined, selectedMode: false, textStyle: text },
      grid: { left: 4, right: size, top: names.length > 1 ? size * 3 : size * 1.5, bottom: 4, containLabel: true },
      tooltip: { trigger: "axis", backgroundColor: colour("--card"), borderColor: colour("--edge"), textStyle: { ...text, color: colour("--ink") }, renderMode: "richText" },
      xAxis: { type: "category", data: rows.map((row) => row[0]), boundaryGap: bar, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--edge") } }, axisLabel: text },
      yAxis: { type: "value", min: 0, minInterval: 1, splitNumber: 4, axisLabel: text, splitLine: { lineStyle: { color: colour("--line") } } },
      series: names.map((name, at) => ({
        name, type: bar ? "bar" : "line", data: rows.map((row) => number(row[at + 1])), symbol: "none", barMaxWidth: 28,
        color: inks[at % inks.length], lineStyle: { width: 2, type: at === 2 ? "dashed" : "solid" },
        label: { show: bar && names.length === 1, position: "top", ...text },
      })),
    };
  }

  async function draw() {
    place.hidden = false;
    try { await Mulin.loadScript(figure.dataset.echarts); } catch { place.hidden = true; return; }
    const chart = window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption(options());
    new ResizeObserver(() => chart.resize()).observe(place);
    const redraw = () => chart.setOption(options(), true);
    matchMedia("print").addEventListener("change", redraw);
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }
  // Only when it comes into sight: ECharts is the largest file of the house.
  const watch = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) { watch.disconnect(); draw(); } }, { rootMargin: "200px" });
  place.hidden = false;
  watch.observe(place);
});
