// <button hidden data-read="#main" data-stop="停止朗读">: reads the words of an element aloud, sentence by sentence
// (long utterances are cut off by some browsers). Anything in [data-read-skip] is left out.
Mulin.connect("[data-read]", (button) => {
  "use strict";
  if (!("speechSynthesis" in window)) return;
  const label = button.querySelector("[data-read-label]") || button;
  const start = label.textContent;
  let on = false;
  button.hidden = false;

  function words() {
    const copy = document.querySelector(button.dataset.read).cloneNode(true);
    copy.querySelectorAll("[data-read-skip], script, style, svg, .unseen, dialog, input, select").forEach((node) => node.remove());
    copy.querySelectorAll("p, li, h1, h2, h3, dt, dd, a, label, div").forEach((node) => node.append("\n"));
    return copy.textContent.split(/[\n。！？；]+/).map((part) => part.trim()).filter(Boolean);
  }
  function stop() { on = false; speechSynthesis.cancel(); label.textContent = start; }

  button.addEventListener("click", () => {
    if (on) return stop();
    on = true;
    label.textContent = button.dataset.stop || start;
    const parts = words();
    const next = () => {
      if (!on || !parts.length) return stop();
      const speech = new SpeechSynthesisUtterance(parts.shift());
      speech.lang = document.documentElement.lang.startsWith("en") ? "en-GB" : "zh-CN";
      speech.rate = 0.9;
      speech.onend = next;
      speech.onerror = stop;
      speechSynthesis.speak(speech);
    };
    next();
  });
  window.addEventListener("pagehide", stop);
});
