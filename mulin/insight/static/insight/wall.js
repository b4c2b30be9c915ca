// <div data-wall="30" hx-get="…" hx-trigger="mulin:refresh" …>: asks for itself anew every so many seconds while the
// page is in sight and nobody is typing in it. The link "停止自动刷新" leads to the page without this script.
Mulin.connect("[data-wall]", (board) => {
  "use strict";
  const every = Number(board.dataset.wall) * 1000;
  const again = setInterval(() => {
    if (!board.isConnected) return clearInterval(again);
    const opened = board.querySelector("details[data-board-map][open]");
    if (document.visibilityState === "visible" && !opened) htmx.trigger(board, "mulin:refresh");
  }, every);
});
