import { freshId, h, icon } from "../dom.js";
import { chooseFiles } from "../files.js";
import { markdown } from "../markdown/render.js";
import { formatSize } from "./media.js";
import { isMenu, menu } from "./menu.js";

const LONGEST = 4000;

/** A part of a form: what was typed or chosen goes into `values`, checks into `fields`. */
export function part(it, values, fields, label = null, hint = null) {
  if (it.type === 1) return it.components.map((each) => part(each, values, fields));
  if (it.type === 10) return h("div", { class: "prose" }, markdown(it.content));
  if (it.type === 18) return part(it.component, values, fields, it.label, it.description);
  if (isMenu(it)) return selectField(it, values, fields, label, hint);
  if (it.type === 4) return textField(it, values, fields, it.label ?? label, hint);
  if (it.type === 19) return uploadField(it, values, fields, label, hint);
  if (it.type === 21 || it.type === 22) return choiceField(it, values, fields, label, hint);
  if (it.type === 23) return boxField(it, values, label, hint);
  return h("p", { class: "embed-foot" }, `(a field of kind ${it.type} is not shown here)`);
}

function frame(id, label, hint, required, control, trouble) {
  return h(
    "div",
    { class: "field" },
    h(id ? "label" : "span", { for: id, class: "field-name" }, label, required && h("span", { class: "needed", title: "Required" }, " *")),
    hint && h("small", {}, hint),
    control,
    trouble,
  );
}

function textField(it, values, fields, label, hint) {
  const required = it.required ?? true;
  const most = it.max_length ?? LONGEST;
  const troubleId = freshId("trouble");
  const control = h(it.style === 2 ? "textarea" : "input", {
    id: freshId("field"),
    name: it.custom_id,
    placeholder: it.placeholder,
    maxlength: most,
    rows: it.style === 2 ? 4 : null,
    "aria-required": String(required),
    "aria-describedby": troubleId,
    autocomplete: "off",
  });
  control.value = it.value ?? "";
  const trouble = h("small", { class: "field-trouble", id: troubleId });
  values[it.custom_id] = control.value;
  control.addEventListener("input", () => {
    values[it.custom_id] = control.value;
    trouble.textContent = "";
    control.removeAttribute("aria-invalid");
  });
  fields.push(() => {
    const text = control.value;
    const least = it.min_length ?? 0;
    if (required && !text.trim()) trouble.textContent = "This field is required.";
    else if (text && text.length < least) trouble.textContent = `Must be ${least} or more in length.`;
    else return null;
    control.setAttribute("aria-invalid", "true");
    return control;
  });
  return frame(control.id, label, hint, required, control, trouble);
}

function selectField(it, values, fields, label, hint) {
  const required = it.required ?? true;
  const trouble = h("small", { class: "field-trouble" });
  const control = menu(
    { ...it, min_values: required ? (it.min_values ?? 1) : 0 },
    {
      name: label,
      onChoose: (chosen) => {
        values[it.custom_id] = chosen;
        trouble.textContent = "";
      },
    },
  );
  const face = control.querySelector(".menu-face");
  face.id = freshId("field");
  values[it.custom_id] = [
    ...(it.options ?? []).filter((option) => option.default).map((option) => option.value),
    ...(it.default_values ?? []).map((each) => each.id),
  ];
  fields.push(() => {
    if (!required || values[it.custom_id].length) return null;
    trouble.textContent = "Make a selection.";
    return face;
  });
  return frame(face.id, label, hint, required, control, trouble);
}

/** Radio buttons, or boxes of which several may be ticked. */
function choiceField(it, values, fields, label, hint) {
  const isRadio = it.type === 21;
  const required = it.required ?? true;
  const least = required ? (isRadio ? 1 : (it.min_values ?? 1)) : 0;
  const most = isRadio ? 1 : (it.max_values ?? it.options.length);
  const name = freshId("choice");
  const trouble = h("small", { class: "field-trouble" });
  const boxes = it.options.map((option) => {
    const box = h("input", {
      type: isRadio ? "radio" : "checkbox",
      name,
      value: option.value,
      checked: option.default,
    });
    return h("label", { class: "tick" }, box, optionText(option));
  });
  const group = h("div", { class: "ticks", role: isRadio ? "radiogroup" : "group", "aria-label": label }, boxes);
  const inputs = [...group.querySelectorAll("input")];
  const chosen = () => inputs.filter((box) => box.checked).map((box) => box.value);
  const keep = () => {
    values[it.custom_id] = chosen();
    trouble.textContent = "";
    const isFull = !isRadio && chosen().length >= most;
    for (const box of inputs) box.disabled = isFull && !box.checked;
  };
  group.addEventListener("change", keep);
  keep();
  fields.push(() => {
    if (chosen().length >= least) return null;
    trouble.textContent = least > 1 ? `Choose at least ${least}.` : "Make a selection.";
    return inputs[0];
  });
  return frame(null, label, hint, required, group, trouble);
}

function optionText(option) {
  return h(
    "span",
    { class: "menu-text" },
    h("span", {}, option.label),
    option.description && h("small", {}, option.description),
  );
}

function boxField(it, values, label, hint) {
  const box = h("input", { type: "checkbox", checked: it.default });
  values[it.custom_id] = Boolean(it.default);
  box.addEventListener("change", () => {
    values[it.custom_id] = box.checked;
  });
  const text = optionText({ label, description: hint });
  return h("div", { class: "field" }, h("label", { class: "tick" }, box, text));
}

function uploadField(it, values, fields, label, hint) {
  const required = it.required ?? true;
  const least = required ? (it.min_values ?? 1) : 0;
  const most = it.max_values ?? 1;
  const trouble = h("small", { class: "field-trouble" });
  const list = h("ul", { class: "uploads" });
  const words = most > 1 ? `Choose up to ${most} files` : "Choose a file";
  const choose = h(
    "button",
    {
      type: "button",
      class: "upload",
      "aria-label": `${label}: ${words}`,
      on: {
        click: async () => {
          const files = await chooseFiles({ most });
          if (files.length) show(files);
        },
      },
    },
    icon("file"),
    h("span", {}, words),
  );
  const show = (files) => {
    values[it.custom_id] = files;
    trouble.textContent = "";
    const row = (file) => h("li", {}, file.name, h("small", {}, ` ${formatSize(file.size)}`));
    list.replaceChildren(...files.map(row));
  };
  show([]);
  fields.push(() => {
    if (values[it.custom_id].length >= least) return null;
    trouble.textContent = least > 1 ? `Choose at least ${least} files.` : "Choose a file.";
    return choose;
  });
  return frame(null, label, hint, required, [choose, list], trouble);
}
