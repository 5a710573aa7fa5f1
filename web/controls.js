// Selectors that are drawn anew with every choice, and keep the focus.

function selectControl(name, values, chosen, onChoice, show = String) {
  const select = element(
    "select",
    { onchange: (event) => onChoice(event.target.value) },
    ...values.map((value) => element("option", { value, selected: value === chosen }, show(value))),
  );
  return element("label", { class: "control" }, `${name} `, select);
}

/** Puts controls into their place; the one that had the focus has it again. */
function replaceControls(place, controls) {
  const host = document.getElementById(place);
  const focused = [...host.querySelectorAll("select")].indexOf(document.activeElement);
  host.replaceChildren(...controls);
  host.querySelectorAll("select")[focused]?.focus();
}
