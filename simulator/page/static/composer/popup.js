import { fill, freshId, h, whole } from "../dom.js";

/** The list above the composer; the field that it belongs to keeps the focus. */
export class Popup {
  constructor() {
    this.head = h("div", { class: "popup-head" });
    this.list = h("div", {
      class: "popup-list",
      role: "listbox",
      id: freshId("list"),
      "aria-label": "Suggestions",
    });
    this.element = h("div", { class: "popup", hidden: true }, this.head, this.list);
    this.items = [];
    this.active = -1;
    this.field = null;
    this.kept = null;
    // A press on the list must not take the focus from the field.
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  /** Show a head and items { text, note, picture, pick } for a field. */
  show(field, head, items, { active = 0 } = {}) {
    if (this.field && this.field !== field) this.release();
    const kept = items.findIndex((item) => item.text === this.kept);
    this.field = field;
    this.items = items;
    this.active = kept >= 0 && active >= 0 ? kept : items.length ? active : -1;
    fill(this.head, head);
    this.list.hidden = items.length === 0;
    fill(
      this.list,
      items.map((item, position) => this.row(item, position)),
    );
    this.element.hidden = false;
    field.setAttribute("aria-expanded", String(items.length > 0));
    field.setAttribute("aria-controls", this.list.id);
    this.mark();
    this.list.scrollTop = 0;
  }

  row(item, position) {
    return h(
      "div",
      {
        role: "option",
        id: `${this.list.id}-${position}`,
        class: "popup-row",
        on: { click: () => item.pick(), pointermove: () => this.activate(position) },
      },
      item.picture?.(),
      h("span", { class: "popup-text" }, whole(item.text)),
      item.note && h("small", {}, item.note),
    );
  }

  mark() {
    [...this.list.children].forEach((row, position) => {
      row.classList.toggle("is-active", position === this.active);
      row.setAttribute("aria-selected", String(position === this.active));
    });
    if (this.active >= 0) this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  activate(position) {
    if (position === this.active) return;
    this.active = position;
    // A list that is fetched again keeps its selection.
    this.kept = this.items[position].text;
    this.mark();
  }

  /** Go up or down the list, round its ends. */
  move(step) {
    if (!this.items.length) return false;
    this.activate((this.active + step + this.items.length) % this.items.length);
    this.list.children[this.active].scrollIntoView({ block: "nearest" });
    return true;
  }

  /** Take the marked item, if there is one. */
  pick() {
    if (this.element.hidden || this.active < 0) return false;
    this.items[this.active].pick();
    return true;
  }

  get isOpen() {
    return !this.element.hidden;
  }

  release() {
    this.kept = null;
    this.field?.setAttribute("aria-expanded", "false");
    this.field?.removeAttribute("aria-activedescendant");
    this.field?.removeAttribute("aria-controls");
  }

  hide() {
    this.release();
    this.field = null;
    this.items = [];
    this.active = -1;
    this.element.hidden = true;
  }
}
