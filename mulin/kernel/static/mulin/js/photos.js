// <div class="file" data-photos data-max="6" data-alt-name="photo_alt" data-t-alt="照片 {n} 说明" data-t-hint="拍的是什么" data-t-remove="移除照片 {n}"
//      data-t-full="最多 6 张"> with a file input and an empty <ul class="photos">.
// Photos are made smaller on the phone (at most 1600 px, JPEG), which also drops position and camera data; shown, described,
// removed. Without scripts the plain file input sends the originals.
(function () {
  "use strict";
  const longest = 1600;

  async function shrink(file) {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.82));
      return blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch { return file; }  // a kind this browser cannot draw (HEIC): the server decides
  }

  Mulin.connect("[data-photos]", (box) => {
    const input = box.querySelector("input[type=file]");
    const list = document.getElementById(box.dataset.list) || box.parentElement.querySelector(".photos");
    const most = Number(box.dataset.max || 6);
    const kept = [];
    if (!input || !list || !window.DataTransfer) return;
    box.classList.add("file--ready");

    function sync() {
      const data = new DataTransfer();
      kept.forEach((photo) => data.items.add(photo.file));
      input.files = data.files;
      list.hidden = !kept.length;
      box.hidden = kept.length >= most;
    }
    function number() {
      kept.forEach((photo, at) => {
        const n = String(at + 1);
        photo.image.alt = "";
        photo.alt.placeholder = box.dataset.tHint || "";
        photo.alt.setAttribute("aria-label", (box.dataset.tAlt || "{n}").replace("{n}", n));
        photo.remove.setAttribute("aria-label", (box.dataset.tRemove || "× {n}").replace("{n}", n));
      });
    }
    function add(file) {
      const item = document.createElement("li");
      const image = Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), width: 160, height: 160 });
      const alt = Object.assign(document.createElement("input"), { type: "text", name: box.dataset.altName || "photo_alt", className: "control", maxLength: 100 });
      const remove = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--icon btn--remove", textContent: "×" });
      const photo = { file, image, alt, remove };
      remove.addEventListener("click", () => {
        URL.revokeObjectURL(image.src);
        kept.splice(kept.indexOf(photo), 1);
        item.remove();
        sync();
        number();
        (list.querySelector(".btn--remove") || input).focus();
      });
      item.append(image, remove, alt);
      list.append(item);
      kept.push(photo);
    }
    input.addEventListener("change", async () => {
      const chosen = [...input.files];
      const room = most - kept.length;
      if (chosen.length > room) Mulin.toast(box.dataset.tFull || "");
      for (const file of chosen.slice(0, room)) add(await shrink(file));
      sync();
      number();
    });
    sync();
  });
})();
