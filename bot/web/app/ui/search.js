/** A field that finds items and locations: typed in parts, or as an exact code. */

import { LitElement, html, live, nothing } from "../vendor/lit.js";
import { icon } from "./icons.js";
import { Speech } from "./words.js";

/** @import * as T from "../types.js" */
/** @import { Store } from "../contract.js" */

const SHOWN = 8;

/** @typedef {{ meaning: T.Meaning, exact: boolean }} Option */

export class ItemSearch extends LitElement {
  /** @override */
  static properties = {
    speech: { attribute: false },
    label: {},
    only: {},
    text: { state: true },
    marked: { state: true },
    shut: { state: true },
  };

  constructor() {
    super();
    this.store = /** @type {Store} */ (/** @type {unknown} */ (null));
    this.speech = new Speech("en");
    this.label = "";
    /** What is offered. @type {"both" | "location"} */ this.only = "both";
    /** @type {(meaning: T.Meaning) => void} */ this.chosen = () => {};
    /** @type {(code: string) => void} */ this.entered = () => {};
    this.text = "";
    this.marked = -1;
    this.shut = false;
    /** @type {Option[]} */ this.options = [];
  }

  /** One sheet of styles serves all: no shadow. @override */
  createRenderRoot() {
    return this;
  }

  /** Once for a text, not once for each key: a scanner's keys come too fast for that. @override */
  willUpdate() {
    this.options = this.find();
  }

  /** @returns {Option[]} */
  find() {
    const text = this.text.trim();
    if (!text || this.shut) return [];
    const exact = this.store.lookUp(text).filter((it) => this.offers(it));
    const known = new Set(exact.map(keyOf));
    const { items, locations } = this.store.search(text, SHOWN);
    /** @type {T.Meaning[]} */
    const alike = [
      ...items.map((item) => /** @type {T.Meaning} */ ({ kind: "item", item })),
      ...locations.map((location) => /** @type {T.Meaning} */ ({ kind: "location", location })),
    ];
    return [
      ...exact.map((meaning) => ({ meaning, exact: true })),
      ...alike.filter((it) => this.offers(it) && !known.has(keyOf(it)))
        .map((meaning) => ({ meaning, exact: false })),
    ].slice(0, SHOWN);
  }

  /** @param {T.Meaning} meaning */
  offers(meaning) {
    return this.only === "both" || meaning.kind === "location";
  }

  /** @override */
  render() {
    const { options } = this;
    const id = `found-${this.only}`;
    const isOpen = options.length > 0;
    return html`
      <label class="field">
        <span>${this.label}</span>
        <input class="input" type="text" role="combobox" autocomplete="off" autocapitalize="off"
          spellcheck="false" enterkeyhint="go" placeholder=${this.speech.say("scan_or_type")} aria-autocomplete="list" maxlength="200"
          aria-expanded=${isOpen} aria-controls=${id}
          aria-activedescendant=${this.marked >= 0 && isOpen ? `${id}-${this.marked}` : nothing}
          .value=${live(this.text)} @input=${this.typed} @keydown=${this.pressed}>
      </label>
      <ul class="found" id=${id} role="listbox" aria-label=${this.label} ?hidden=${!isOpen}>
        ${options.map((option, at) => this.row(option, at, id))}
      </ul>
      ${this.text.trim() && !isOpen && !this.shut
        ? html`<p class="soft" role="status">${this.speech.say("nothing_found")}</p>` : nothing}`;
  }

  /** @param {Option} option @param {number} at @param {string} id */
  row({ meaning, exact }, at, id) {
    const [name, more] = this.lines(meaning);
    const isPlace = meaning.kind === "location";
    return html`
      <li class="found-row ${at === this.marked ? "is-marked" : ""}" role="option" id="${id}-${at}"
        aria-selected=${at === this.marked} @click=${() => this.choose(meaning)}>
        ${icon(isPlace ? "pin" : "item")}
        <span class="grow"><span>${name}</span><span class="soft mono">${more}</span></span>
        <span class="tag ${exact ? "is-exact" : ""}">${this.speech.say(exact ? "exact" : "guess")}</span>
      </li>`;
  }

  /** @param {T.Meaning} meaning @returns {[string, string]} */
  lines(meaning) {
    if (meaning.kind === "location") return [meaning.location.name, meaning.location.path];
    return [meaning.item.name, meaning.item.sku];
  }

  /** @param {Event} event */
  typed(event) {
    this.text = /** @type {HTMLInputElement} */ (event.target).value;
    this.marked = -1;
    this.shut = false;
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { options } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      this.marked = (this.marked + step + options.length + (this.marked < 0 && step < 0 ? 1 : 0)) % options.length;
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = options[this.marked];
      if (option) this.choose(option.meaning);
      else this.enter();
    } else if (event.key === "Escape" && options.length) {
      event.stopPropagation();
      event.preventDefault();
      this.shut = true;
    }
  }

  /** A code that was typed to its end: only what it means exactly is taken. */
  enter() {
    const { text } = this;
    if (!text.trim()) return;
    const isKnown = this.store.lookUp(text.trim()).length > 0;
    // Otherwise the suggestions stay: one of them may be what was meant.
    if (isKnown || this.options.length === 0) this.text = "";
    this.entered(text);
  }

  /** @param {T.Meaning} meaning */
  choose(meaning) {
    this.text = "";
    this.marked = -1;
    this.chosen(meaning);
  }
}

/** @param {T.Meaning} meaning */
function keyOf(meaning) {
  return meaning.kind === "location" ? `location ${meaning.location.id}` : `item ${meaning.item.id}`;
}

customElements.define("tallyman-search", ItemSearch);
