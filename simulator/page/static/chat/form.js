import { act } from "../api.js";
import { freshId, h, icon } from "../dom.js";
import { markdown } from "../markdown/render.js";
import { state } from "../store.js";
import { isMenu, menu } from "./menu.js";

const LONGEST = 4000;

/** Show a form that the bot opened, until it is sent or closed. */
export function openForm(form) {
  const channel = state.channel;
  const values = {};
  const fields = [];
  const trouble = h("p", { class: "form-trouble", role: "alert" });
  const submit = h("button", { class: "button is-primary", type: "submit" }, h("span", {}, "Submit"));
  const title = h("h2", { id: freshId("form") }, form.title);
  const close = h(
    "button",
    { type: "button", class: "tool", "aria-label": "Close", on: { click: () => dialog.close() } },
    icon("close"),
  );
  const body = h(
    "form",
    { class: "form", novalidate: true },
    form.components.map((it) => part(it, values, fields)),
    trouble,
    h(
      "div",
      { class: "form-foot" },
      h(
        "button",
        { type: "button", class: "button is-secondary", on: { click: () => dialog.close() } },
        h("span", {}, "Cancel"),
      ),
      submit,
    ),
  );
  const dialog = h(
    "dialog",
    { class: "sheet", "aria-labelledby": title.id },
    h("header", {}, title, close),
    body,
  );
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = fields.map((check) => check()).filter(Boolean);
    if (wrong.length) {
      wrong[0].focus();
      return;
    }
    submit.classList.add("is-loading");
    submit.disabled = true;
    const answer = await act("submit", { form: form.id, values }, channel);
    submit.classList.remove("is-loading");
    submit.disabled = false;
    if (answer.outcome === "taken") dialog.close();
    else trouble.textContent = answer.why ?? "Something went wrong. Try again.";
  });
  const opener = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    // The browser gives the focus back, but the caret stays behind in what is gone.
    opener?.blur();
    opener?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  body.querySelector("input, textarea, .menu-face")?.focus();
}

function part(it, values, fields, label = null, hint = null) {
  if (it.type === 1) return it.components.map((each) => part(each, values, fields));
  if (it.type === 10) return h("div", { class: "prose" }, markdown(it.content));
  if (it.type === 18) return part(it.component, values, fields, it.label, it.description);
  if (isMenu(it)) return selectField(it, values, fields, label, hint);
  if (it.type === 4) return textField(it, values, fields, it.label ?? label, hint);
  return null;
}

function frame(id, label, hint, required, control, trouble) {
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label, required && h("span", { class: "needed", title: "Required" }, " *")),
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
