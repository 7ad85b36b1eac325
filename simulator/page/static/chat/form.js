import { act } from "../api.js";
import { freshId, h, icon } from "../dom.js";
import { state } from "../store.js";
import { part } from "./fields.js";

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
  body.querySelector("input, textarea, .menu-face, .upload")?.focus();
}
