/* Puts the chosen canned text in the message where the cursor stands; without this the button sends the form, which comes back with it.
   A placeholder nobody could fill is selected, so that it is the first thing to type over. No dependencies. */
(function () {
  "use strict";
  document.querySelectorAll("[data-canned]").forEach(function (box) {
    const select = box.querySelector("select");
    const button = box.querySelector("button");
    const field = document.getElementById(box.dataset.canned);
    const subject = document.getElementById("subject");
    if (!select || !button || !field) return;
    button.addEventListener("click", function (event) {
      const chosen = select.selectedOptions[0];
      if (!chosen) return;
      event.preventDefault();
      const text = chosen.dataset.text;
      const typed = field.value;
      const touched = field.dataset.touched === "yes";
      const at = touched ? field.selectionStart : typed.length;
      const end = touched ? field.selectionEnd : typed.length;
      const lead = at > 0 && typed.slice(0, at).trim() && !typed.slice(0, at).endsWith("\n") ? "\n\n" : "";
      field.setRangeText(lead + text, at, end, "end");
      if (subject && !subject.value.trim() && chosen.dataset.subject) {
        subject.value = chosen.dataset.subject;
        subject.dispatchEvent(new Event("input", { bubbles: true }));
      }
      field.focus();
      const left = /\{[a-z_]+\}/.exec(text);
      if (left) {
        const start = at + lead.length + left.index;
        field.setSelectionRange(start, start + left[0].length);
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    field.addEventListener("focus", function () { field.dataset.touched = "yes"; });
  });
})();
