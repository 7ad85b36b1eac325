import { avatar } from "../avatar.js";
import { fill, freshId, h, icon } from "../dom.js";
import { state } from "../store.js";

const KINDS = { 3: "text", 5: "user", 6: "role", 7: "user or role", 8: "channel" };

export const isMenu = (it) => it.type in KINDS;

/** What a select offers: its own options, or the guild's people, roles or channels. */
function optionsOf(it) {
  const users = () =>
    state.guild.members.map((who) => ({ value: who.id, label: who.name, picture: avatar(who, "is-small") }));
  const roles = () => state.guild.roles.map((role) => ({ value: role.id, label: role.name }));
  if (it.type === 5) return users();
  if (it.type === 6) return roles();
  if (it.type === 7) return [...users(), ...roles()];
  if (it.type === 8)
    return state.channels
      .filter((each) => !each.direct)
      .map((each) => ({ value: each.id, label: `#${each.name}` }));
  return it.options;
}

/** Drop-down: one choice is made at once, several are made together when the list closes. */
export function menu(it, { disabled = false, onChoose, name = it.placeholder }) {
  const offered = optionsOf(it);
  const least = it.min_values ?? 1;
  const most = it.max_values ?? 1;
  const standing = () =>
    new Set([
      ...offered.filter((option) => option.default).map((option) => option.value),
      ...(it.default_values ?? []).map((each) => each.id),
    ]);
  let chosen = standing();
  let active = 0;
  const list = h("div", {
    role: "listbox",
    id: freshId("menu"),
    "aria-label": name ?? "Choices",
    "aria-multiselectable": most > 1 ? "true" : null,
  });
  const foot = h("div");
  const panel = h("div", { class: "menu-list", hidden: true }, list, foot);
  const face = h("button", {
    type: "button",
    class: "menu-face",
    role: "combobox",
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-label": name ?? "Choose",
    disabled,
    data: { control: it.custom_id },
  });
  const root = h("div", { class: "menu" }, face, panel);

  const drawFace = () => {
    const labels = offered.filter((option) => chosen.has(option.value)).map((option) => option.label);
    fill(
      face,
      h(
        "span",
        { class: labels.length ? "" : "is-hint" },
        labels.join(", ") || (it.placeholder ?? "Make a selection"),
      ),
      icon("down"),
    );
  };
  const drawList = () => {
    const rows = offered.map((option, position) => {
      const isChosen = chosen.has(option.value);
      return h(
        "div",
        {
          role: "option",
          id: `${list.id}-${position}`,
          class: position === active ? "is-active" : "",
          "aria-selected": String(isChosen),
          on: { click: () => toggle(position), pointermove: () => activate(position) },
        },
        option.picture?.cloneNode(true),
        h(
          "span",
          { class: "menu-text" },
          h("span", {}, option.label),
          option.description && h("small", {}, option.description),
        ),
        isChosen && icon("check"),
      );
    });
    fill(list, rows);
    fill(foot, most > 1 && doneRow());
    face.setAttribute("aria-activedescendant", `${list.id}-${active}`);
  };
  const doneRow = () =>
    h(
      "button",
      {
        type: "button",
        class: "menu-done",
        tabindex: "-1",
        disabled: chosen.size < least,
        on: { click: () => close(true) },
      },
      least > chosen.size ? `Choose at least ${least}` : `Done (${chosen.size})`,
    );
  const activate = (position) => {
    if (position === active) return;
    active = position;
    drawList();
    list.children[active]?.scrollIntoView({ block: "nearest" });
  };
  const toggle = (position) => {
    const { value } = offered[position];
    if (most === 1) {
      chosen = new Set([value]);
      close(true);
      return;
    }
    if (!chosen.delete(value) && chosen.size < most) chosen.add(value);
    active = position;
    drawList();
  };
  const show = () => {
    panel.hidden = false;
    face.setAttribute("aria-expanded", "true");
    drawList();
    panel.scrollIntoView({ block: "nearest" });
    document.addEventListener("pointerdown", onOutside, true);
  };
  const close = (isMade) => {
    if (panel.hidden) return;
    panel.hidden = true;
    face.setAttribute("aria-expanded", "false");
    face.removeAttribute("aria-activedescendant");
    document.removeEventListener("pointerdown", onOutside, true);
    if (isMade && chosen.size >= least) onChoose([...chosen]);
    else chosen = standing();
    drawFace();
  };
  const onOutside = (event) => {
    if (!root.contains(event.target)) close(most > 1);
  };
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  face.addEventListener("click", () => (panel.hidden ? show() : close(most > 1)));
  face.addEventListener("keydown", (event) => {
    if (panel.hidden && event.key in moves) show();
    else if (!panel.hidden && event.key in moves)
      activate((active + moves[event.key] + offered.length) % offered.length);
    else if (!panel.hidden && (event.key === " " || (event.key === "Enter" && most === 1))) toggle(active);
    else if (!panel.hidden && event.key === "Enter") close(true);
    else if (!panel.hidden && event.key === "Escape") close(false);
    else if (!panel.hidden && event.key === "Tab") return close(most > 1);
    else return undefined;
    event.preventDefault();
    event.stopPropagation();
    return undefined;
  });
  drawFace();
  return root;
}
