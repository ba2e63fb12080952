/* The stack of national numbers: a pasted column becomes one line. Everything else is done by the server. */
(function () {
  "use strict";
  document.addEventListener("paste", (event) => {
    const input = event.target.closest && event.target.closest("[data-stack] input[name='national_number']");
    const text = input && event.clipboardData ? event.clipboardData.getData("text") : "";
    if (!/[\r\n\t]/.test(text.trim())) return;
    event.preventDefault();
    const numbers = text.split(/[\r\n\t;,]+/).map((part) => part.trim()).filter(Boolean).join("; ");
    input.setRangeText(numbers, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
