// <div data-progress-url="…">: asks once a second for {"done", "total", "text", "state", "next"} and shows it.
// state "running" goes on; anything else stops, and `next`, an address of this site, is followed.
Mulin.connect("[data-progress-url]", (box) => {
  "use strict";
  const bar = box.querySelector("progress");
  const text = box.querySelector("[data-progress-text]");
  let wait = 1000;
  async function ask() {
    if (!box.isConnected) return;
    try {
      const answer = await fetch(box.dataset.progressUrl, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const job = await answer.json();
      if (job.total) { bar.max = job.total; bar.value = job.done; } else bar.removeAttribute("value");
      if (text && job.text && text.textContent !== job.text) text.textContent = job.text;
      if (job.state !== "running") {
        if (job.next && job.next.startsWith("/") && !job.next.startsWith("//")) location.assign(job.next);
        return;
      }
      wait = 1000;
    } catch { wait = Math.min(wait * 2, 30000); }
    setTimeout(ask, wait);
  }
  setTimeout(ask, wait);
});
