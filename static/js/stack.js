/* The stack of national numbers: a pasted column becomes one line, and typing goes on in the same place. */
(function () {
  "use strict";
  const field = (event) => event.target.closest && event.target.closest("[data-stack] input[name='national_number']");
  document.addEventListener("paste", (event) => {
    const input = field(event);
    const text = input && event.clipboardData ? event.clipboardData.getData("text") : "";
    if (!/[\r\n\t]/.test(text.trim())) return;
    event.preventDefault();
    const numbers = text.split(/[\r\n\t;,]+/).map((part) => part.trim()).filter(Boolean).join("; ");
    input.setRangeText(numbers, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  /* after each round trip of the side panel the form is new: go on typing, unless something is wrong (then the summary has the focus) */
  new MutationObserver(() => {
    const stack = document.querySelector("dialog [data-stack]:not([data-ready])");
    if (!stack) return;
    stack.dataset.ready = "";
    const input = stack.querySelector("input[name='national_number']");
    if (input && !document.querySelector("dialog [data-focus]")) input.focus();
  }).observe(document.body, { childList: true, subtree: true });
})();
