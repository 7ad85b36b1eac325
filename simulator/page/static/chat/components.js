import { act } from "../api.js";
import { h } from "../dom.js";
import { markdown } from "../markdown/render.js";
import { changed, state } from "../store.js";
import { toast } from "../shell/toast.js";
import { colour } from "./embed.js";
import { openForm } from "./form.js";
import { gallery, media } from "./media.js";
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
      return h(
        "div",
        { class: "v2-section" },
        h("div", { class: "v2-text" }, children()),
        component(it.accessory, message),
      );
    case 10:
      return h("div", { class: "prose" }, markdown(it.content));
    case 11:
      return media(mediaOf(it, "is-thumbnail"), message);
    case 12:
      return gallery(it.items.map((each) => media(mediaOf(each), message)));
    case 13:
      return media({ url: it.file?.url, spoiler: it.spoiler }, message);
    case 14:
      return h("div", {
        class: `v2-gap ${it.spacing === 2 ? "is-large" : ""} ${it.divider === false ? "" : "is-line"}`,
      });
    case 17:
      return h(
        "div",
        { class: "embed v2-box", vars: it.accent_color != null ? { edge: colour(it.accent_color) } : {} },
        it.spoiler ? veiled(children()) : children(),
      );
    default:
      return h("p", { class: "embed-foot" }, `(a component of kind ${it.type} is not shown here)`);
  }
}

/** What a spoiler hides until it is pressed. */
function veiled(children) {
  const veil = h(
    "button",
    { type: "button", class: "button is-secondary", on: { click: () => veil.replaceWith(...children) } },
    "Spoiler, show it",
  );
  return veil;
}

const mediaOf = (it, className) => ({
  url: it.media?.url,
  description: it.description,
  spoiler: it.spoiler,
  className,
});

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
