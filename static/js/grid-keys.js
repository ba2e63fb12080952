/* Arrow up/down and Enter move to the same column of the next line, as in a spreadsheet. Without this script Tab does the work. */
(function () {
  "use strict";
  document.querySelectorAll("[data-grid]").forEach((table) => {
    table.addEventListener("keydown", (event) => {
      const input = event.target;
      if (input.tagName !== "INPUT" || event.altKey || event.ctrlKey || event.metaKey) return;
      const step = event.key === "ArrowUp" || (event.key === "Enter" && event.shiftKey) ? "previousElementSibling" : event.key === "ArrowDown" || event.key === "Enter" ? "nextElementSibling" : null;
      if (!step) return;
      event.preventDefault();
      const column = input.closest("td").cellIndex;
      for (let row = input.closest("tr")[step]; row; row = row[step]) {
        const other = row.cells[column] && row.cells[column].querySelector("input:not(:disabled):not([type=hidden])");
        if (other && row.offsetParent !== null) { other.focus(); other.select(); return; }
      }
    });
    table.addEventListener("focusin", (event) => { if (event.target.tagName === "INPUT" && event.target.value) event.target.select(); });
  });
})();
