/** The flow that all modes share: item, quantity, locations, one button. */

import { html, live, nothing } from "../../vendor/lit.js";
import { SLOTS, asksLot } from "../draft.js";
import { icon } from "../icons.js";
import { readQuantity } from "../quantities.js";
import { choose } from "../scanning.js";
import { lotFields } from "./lot.js";
import { quantityField } from "./quantity.js";
import { recentView } from "./queue.js";
import { slotField } from "./slot.js";
import { itemCard } from "./stock.js";

/** @import { Context } from "../context.js" */
/** @import { AwaitedOrder } from "../../types.js" */

const MAX_ORDERS = 8;

/** @param {Context} context */
export function entryView(context) {
  const { flow, state } = context;
  const { item } = flow.draft;
  return html`
    <section class="entry" aria-label=${context.speech.say(`mode_${state.mode}`)}>
      ${state.mode === "receive" ? numberField("order", "PO-7", context) : nothing}
      ${state.mode === "receive" ? orderButtons(context) : nothing}
      ${state.mode === "count" ? numberField("count", "C-4", context) : nothing}
      ${item ? itemCard(item, context) : findItem(context)}
      ${item && asksLot(flow.draft, state.mode) ? lotFields(context) : nothing}
      ${item ? quantityField(context) : nothing}
      ${SLOTS[state.mode].map((slot) => slotField(slot, context))}
      ${item ? nothing : recentView(context)}
    </section>`;
}

/** @param {Context} context */
export function findItem(context) {
  const { flow, speech, store, camera } = context;
  return html`
    <div class="find">
      <tallyman-search class="grow" .store=${store} .speech=${speech} label=${speech.say("find_item")}
        .chosen=${(/** @type {import("../../types.js").Meaning} */ it) => choose(flow, it)}
        .entered=${context.scanned}></tallyman-search>
      <button class="button is-icon ${camera ? "is-main" : ""}" aria-pressed=${camera}
        aria-label=${speech.say("camera")} title=${speech.say("camera")}
        @click=${() => context.show({ camera: !camera })}>${icon("camera")}</button>
    </div>`;
}

/**
 * What it is done for.
 * @param {"order" | "count"} name @param {string} example @param {Context} context
 */
function numberField(name, example, { flow, speech }) {
  return html`
    <label class="field">
      <span>${speech.say(name)}</span>
      <input class="input" name=${name} autocomplete="off" autocapitalize="characters" placeholder=${example}
        maxlength="40" .value=${live(flow.draft[name])}
        @input=${(/** @type {Event} */ event) =>
          flow.set({ [name]: /** @type {HTMLInputElement} */ (event.target).value })}>
    </label>`;
}

/**
 * The orders that goods may come in of, those that await the item first: as many as fit.
 * @param {Context} context
 */
function orderButtons({ flow, state, speech }) {
  const { item, order } = flow.draft;
  /** @param {AwaitedOrder} each */
  const left = (each) => each.lines.find((line) => line.item_id === item?.id);
  const found = item ? state.device.orders.filter(left) : [];
  const shown = found.length > 0 ? found : state.device.orders;
  if (shown.length === 0) return nothing;
  return html`
    <div class="row" role="group" aria-label=${speech.say("open_orders")}>${shown.slice(0, MAX_ORDERS).map((each) => {
      const line = left(each);
      return html`
        <button class="button" aria-pressed=${order.trim().toUpperCase() === each.label}
          @click=${() => flow.set({ order: each.label })}>
          ${each.label} · ${each.supplier}${line ? ` · ${line.left} ${line.unit}` : ""}
        </button>`;
    })}</div>`;
}

/** The one big button. @param {Context} context */
export function bookButton({ flow, state, speech }) {
  const { draft, problem } = flow;
  if (!draft.item) return nothing;
  // What is typed may name its unit already.
  const [read] = readQuantity(draft.quantity, { allowZero: true }).readings;
  const quantity = read?.unit ? draft.quantity : `${draft.quantity} ${draft.unit || draft.item.unit}`;
  const word = draft.corrects ? "book_corrected" : `book_${state.mode}`;
  const known = speech.knows(word) ? word : "book_take";
  const hint = problem && speech.knows(problem) ? speech.say(problem, { unit: draft.item.unit }) : "";
  return html`
    <div class="act">
      ${hint ? html`<p class="act-hint" id="act-hint">${hint}</p>` : nothing}
      <button class="button is-main is-big" ?disabled=${flow.busy} @click=${() => flow.book()}
        aria-describedby=${hint ? "act-hint" : nothing}>
        ${icon(state.mode)} ${speech.say(known, { quantity: draft.quantity ? quantity : "" })}
      </button>
    </div>`;
}
