/* Keeps the lines of the grid that are not with the server yet on this device, and offers them again after the tab was lost (keep.js, ADR 12).
   Only such lines: of 2,000 a person types some dozens between two answers. No dependencies. */
(function () {
  "use strict";
  const form = document.getElementById("aangifte");
  const body = form && document.querySelector("[data-grid]").tBodies[0];
  const keep = window.loket && loket.keep;
  if (!form || !keep) return;
  const NAMES = ["betaalde_dagen", "niet_betaalde_dagen", "betaalde_uren"];
  const lines = new Map(Array.from(body.querySelectorAll("tr[id^='l-']")).filter((row) => row.querySelector("input[name='regel']")).map((row) => [row.id.slice(2), row]));
  const token = (row) => row.querySelector("input[name='regel']").value.split(":");
  const field = (row, name) => row.querySelector(`input[name='${name}']`);
  const typed = (row) => NAMES.map((name) => field(row, name).value.trim());
  const saved = (row) => token(row).slice(2);
  const same = (one, other) => one.join(":") === other.join(":");
  const shown = (values) => values.filter(Boolean).join(" / ") || "–";

  const grid = {
    /** The lines that differ from what the server has: typed values, and the version they were typed on. */
    entry() {
      const rows = {};
      lines.forEach((row, key) => { if (!same(typed(row), saved(row))) rows[key] = { values: typed(row), version: token(row)[1], name: row.querySelector(".g-name").textContent }; });
      return Object.keys(rows).length ? { rows } : null;
    },
    consider(kept) {
      const open = Object.entries(kept.rows || {}).filter(([key, one]) => !lines.has(key) || !same(one.values, typed(lines.get(key))));
      if (!open.length) { keep.keepNow(form).catch(() => {}); return; }
      const newer = open.some(([key, one]) => !lines.has(key) || token(lines.get(key))[1] !== one.version);
      const table = open.map(([key, one]) => [one.name, lines.has(key) ? shown(typed(lines.get(key))) : "", shown(one.values)]);
      keep.offer(form, kept, table, newer, () => {
        const firsts = open.filter(([key]) => lines.has(key)).map(([key, one]) => {
          const row = lines.get(key);
          row.hidden = false;
          NAMES.forEach((name, place) => { const input = field(row, name); if (input.type !== "hidden") input.value = one.values[place]; });
          const first = row.querySelector("input:not([type='hidden']):not(:disabled)");
          first.dispatchEvent(new Event("input", { bubbles: true }));
          return first;
        });
        return firsts[0];
      });
    },
  };
  keep.attend(form, grid);
  body.addEventListener("input", () => keep.soon(form));
  document.querySelector("[data-grid]").addEventListener("line-settled", () => keep.soon(form));
})();
