/** How much: typed, stepped, or with large keys; in the item's units. */

import { html, live, nothing } from "../../vendor/lit.js";
import { unitOf } from "../draft.js";
import { icon } from "../icons.js";
import { readQuantity, toBase } from "../quantities.js";

/** @import { Context } from "../context.js" */

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "⌫"];

/** @param {Context} context */
export function quantityField(context) {
  const { flow, speech, state, keypad } = context;
  const label = speech.say(state.mode === "count" ? "counted" : "quantity");
  const word = flow.problem;
  const isWrong = ["not_a_number", "not_positive", "too_large", "too_many_decimals", "not_exact", "unknown_unit", "not_whole"].includes(word);
  return html`
    <div class="quantity" role="group" aria-label=${label}>
      <label class="label" for="quantity">${label}</label>
      <div class="stepper">
        <button class="button is-icon" aria-label=${speech.say("less")} @click=${() => flow.step(-1)}>${icon("minus")}</button>
        <input class="input" id="quantity" inputmode="decimal" autocomplete="off" maxlength="40"
          enterkeyhint="done" aria-invalid=${isWrong} .value=${live(flow.draft.quantity)}
          @focus=${(/** @type {Event} */ event) => field(event).select()}
          @input=${(/** @type {Event} */ event) => flow.set({ quantity: field(event).value })}
          @keydown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter") void flow.book(); }}>
        <button class="button is-icon" aria-label=${speech.say("more")} @click=${() => flow.step(1)}>${icon("plus")}</button>
        <button class="button is-icon" aria-label=${speech.say("keypad")} title=${speech.say("keypad")}
          aria-pressed=${keypad} @click=${() => context.show({ keypad: !keypad })}>${icon("keypad")}</button>
      </div>
      ${isWrong && speech.knows(word) ? html`<p class="fault" role="alert">${speech.say(word, { unit: flow.draft.item?.unit ?? "" })}</p>` : nothing}
      ${readings(context)}
      ${keypad ? keys(context) : nothing}
      ${units(context)}
    </div>`;
}

/** @param {Event} event */
const field = (event) => /** @type {HTMLInputElement} */ (event.target);

/** A number that can be read in two ways is asked back. @param {Context} context */
function readings({ flow, speech }) {
  const { readings: read } = readQuantity(flow.draft.quantity, { allowZero: true });
  if (read.length < 2) return nothing;
  return html`
    <p class="fault" role="alert">${speech.say("ambiguous")}</p>
    <div class="row">${read.map(({ value, unit }) => html`
      <button class="button" @click=${() => flow.set({ quantity: `${value} ${unit}`.trim() })}>${value}</button>`)}</div>`;
}

/** @param {Context} context */
function keys({ flow, speech }) {
  /** @param {string} key */
  const press = (key) => {
    const { quantity } = flow.draft;
    flow.set({ quantity: key === "⌫" ? quantity.slice(0, -1) : flow.typing ? quantity + key : key });
    flow.typing = true;
  };
  return html`
    <div class="keypad">${KEYS.map((key) => html`
      <button class="button" aria-label=${key === "⌫" ? speech.say("erase") : key}
        @click=${() => press(key)}>${key === "⌫" ? icon("erase") : key}</button>`)}</div>`;
}

/** @param {Context} context */
function units({ flow, speech }) {
  const { item, quantity, unit } = flow.draft;
  if (!item || item.units.length === 0) return nothing;
  const read = readQuantity(quantity, { allowZero: true }).readings[0];
  const meant = unitOf(item, read?.unit || unit);
  const base = read && meant && meant.factor !== "1" ? toBase(read.value, meant.factor) : null;
  /** @param {string} chosen */
  const choose = (chosen) =>
    flow.set({ unit: chosen === item.unit ? "" : chosen, quantity: read ? read.value : quantity });
  const all = [{ unit: item.unit, factor: "1" }, ...item.units];
  return html`
    <div class="row" role="group" aria-label=${speech.say("unit")}>
      ${all.map((each) => html`
        <button class="button is-chip" aria-pressed=${meant?.unit === each.unit}
          @click=${() => choose(each.unit)}>${each.unit}</button>`)}
      ${base ? html`<span class="soft figure">= ${base} ${item.unit}</span>` : nothing}
    </div>`;
}
