/* 'Recht Eindeloopbaan' is ticked live: the page says which combinations give it; the server decides the same without this. */
(function () {
  "use strict";
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    const box = form && form.querySelector("[data-automatic-right]");
    if (!box || !["contract_type", "qualification"].includes(event.target.name)) return;
    const type = form.elements.contract_type.value;
    const qualification = form.elements.qualification.value;
    if (!type || !qualification) return;
    const combination = `${type}|${qualification}`;
    form.elements.el_right.checked = box.dataset.automaticRight.split(" ").includes(combination);
    form.elements.el_right_for.value = combination;
  });
})();
