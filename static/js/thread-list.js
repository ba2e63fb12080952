/* Works a list with the keyboard: with the focus on a thread, arrow down and up go to the next and the previous one, x chooses its row.
   Only while a thread has the focus (WCAG 2.1.4). Tab works as everywhere. No dependencies. */
(function () {
  "use strict";
  const links = Array.from(document.querySelectorAll("[data-row-link]"));
  links.forEach(function (link, place) {
    link.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        const other = links[place + step];
        if (other) { event.preventDefault(); other.focus(); }
      } else if (event.key === "x") {
        const box = link.closest("tr").querySelector("input[name='rowid']");
        if (box) { event.preventDefault(); box.click(); }
      }
    });
  });
})();
