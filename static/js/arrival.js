/* What a page does when it has come: it says so to who cannot see it (C-076), and keeps banners folded as they were left. */
(function () {
  "use strict";

  /* -- "Geladen: Dossier 2024K1, in eCalcura": in a region that was empty, so that it is read out once -- */
  function announce() {
    const region = document.querySelector("[data-arrival]");
    const heading = document.querySelector("main h1");
    if (!region || !heading) return;
    const trail = Array.from(document.querySelectorAll(".crumbs a"));
    const parent = trail.length ? trail[trail.length - 1] : document.querySelector(".main-nav [aria-current='true']");
    const title = heading.textContent.trim().replace(/\s+/g, " ");
    const words = parent && parent.firstChild ? region.dataset.inside : region.dataset.alone;
    const place = parent && parent.firstChild ? parent.firstChild.textContent.trim().replace(/\s+/g, " ") : "";
    region.textContent = words.replace("{title}", title).replace("{parent}", place);
  }

  /* -- a notice that somebody folded stays folded in this window, until its state changes; its line never goes -- */
  function keepFolds() {
    document.querySelectorAll("details[data-fold]").forEach((fold) => {
      const key = `fold:${fold.dataset.fold}`;
      let kept = null;
      try { kept = sessionStorage.getItem(key); } catch (error) { return; }
      if (kept !== null) fold.open = kept === "open";
      fold.addEventListener("toggle", () => {
        try { sessionStorage.setItem(key, fold.open ? "open" : "shut"); } catch (error) { /* it is only not remembered */ }
      });
    });
  }

  keepFolds();
  setTimeout(announce, 500);
})();
