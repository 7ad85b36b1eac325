import { act } from "../api.js";
import { h, icon } from "../dom.js";
import { markdown } from "../markdown/render.js";
import { changed, state } from "../store.js";
import { toast } from "../shell/toast.js";
import { colour } from "./embed.js";
import { openForm } from "./form.js";
import { isMenu, menu } from "./menu.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "secondary" };
const FAILED = "This interaction failed";

/** Press a control of a message and see what comes of it. */
async function press(message, action, control, details = {}) {
  state.busy.set(message.id, control);
  state.failures.delete(message.id);
  changed("messages");
  const answer = await act(action, { message: message.id, control, ...details }, message.channel);
  state.busy.delete(message.id);
  if (answer.outcome === "failed") state.failures.set(message.id, FAILED);
  if (answer.outcome === "refused") toast(answer.why);
  changed("messages");
  if (answer.outcome === "form") openForm(answer.form);
}

/** The components of a message, layout and controls alike. */
export function components(message) {
  return message.components.map((it) => component(it, message));
}

function component(it, message) {
  const children = () => (it.components ?? []).map((each) => component(each, message));
  if (isMenu(it)) return messageMenu(it, message);
  switch (it.type) {
    case 1:
      return h("div", { class: "control-row" }, children());
    case 2:
      return button(it, message);
    case 9:
      return h("div", { class: "v2-section" }, h("div", {}, children()), component(it.accessory, message));
    case 10:
      return h("div", { class: "prose" }, markdown(it.content));
    case 11:
      return attachmentNote(it.description ?? it.media?.url, message);
    case 12:
      return h(
        "div",
        {},
        it.items.map((each) => attachmentNote(each.description ?? each.media?.url, message)),
      );
    case 13:
      return attachmentNote(it.file?.url, message);
    case 14:
      return h("div", {
        class: `v2-gap ${it.spacing === 2 ? "is-large" : ""} ${it.divider === false ? "" : "is-line"}`,
      });
    case 17:
      return h(
        "div",
        { class: "embed v2-box", vars: it.accent_color ? { edge: colour(it.accent_color) } : {} },
        children(),
      );
    default:
      return h("p", { class: "embed-foot" }, `(a component of kind ${it.type} is not shown here)`);
  }
}

/** Pictures are not drawn; a placeholder says so. */
function attachmentNote(text, message) {
  const name = String(text ?? "").replace(/^attachment:\/\//, "");
  const file = message.files.find((each) => each.name === name);
  if (!file) return h("p", { class: "embed-foot" }, name);
  return h("a", { class: "file", href: file.url, download: file.name }, icon("file"), file.name);
}

function button(it, message) {
  const waiting = state.busy.get(message.id);
  const label = [it.emoji?.id ? `:${it.emoji.name}:` : it.emoji?.name, it.label].filter(Boolean).join(" ");
  if (it.style === 5)
    return h("span", { class: "button is-link", title: `${it.url} (links are not followed here)` }, label);
  const loading = waiting === it.custom_id;
  return h(
    "button",
    {
      type: "button",
      class: `button is-${STYLES[it.style] ?? "secondary"} ${loading ? "is-loading" : ""}`,
      data: { control: it.custom_id },
      "aria-busy": loading ? "true" : null,
      disabled: it.disabled,
      "aria-disabled": waiting !== undefined ? "true" : null,
      on: { click: () => waiting === undefined && press(message, "click", it.custom_id) },
    },
    h("span", {}, label || "(no label)"),
  );
}

function messageMenu(it, message) {
  const disabled = Boolean(it.disabled) || state.busy.has(message.id);
  return menu(it, { disabled, onChoose: (chosen) => press(message, "select", it.custom_id, { chosen }) });
}
