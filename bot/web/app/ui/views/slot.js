/** Where: the location where the person last worked, or another one. */

import { html, nothing } from "../../vendor/lit.js";
import { baseAmount, isShort } from "../draft.js";
import { icon } from "../icons.js";
import { format, toThousandths } from "../quantities.js";
import { scan } from "../scanning.js";

/** @import * as T from "../../types.js" */
/** @import { Slot } from "../draft.js" */
/** @import { Context } from "../context.js" */

/** @param {Slot} slot @param {Context} context */
export function slotField(slot, context) {
  const { flow, speech } = context;
  const chosen = flow.draft.at[slot];
  if (!chosen || flow.active === slot) return openSlot(slot, context);
  const open = () => {
    flow.active = slot;
    flow.around.changed();
  };
  return html`
    <div class="slot">
      <span class="label" id="slot-${slot}">${speech.say(`slot_${slot}`)}</span>
      <button class="slot-button" aria-describedby="slot-${slot}" @click=${open}>
        ${icon("pin")}
        <span class="grow"><span>${chosen.path}</span>${foresight(slot, chosen, context)}</span>
        <span class="link">${speech.say("change")}</span>
      </button>
      ${warning(slot, chosen, context)}
    </div>`;
}

/** The level before and after. @param {Slot} slot @param {T.Location} location @param {Context} context */
function foresight(slot, location, { flow, store }) {
  const { item } = flow.draft;
  const amount = baseAmount(flow.draft);
  if (!item || amount === null) return nothing;
  const before = store.expected(item.id, location.id, lotOf(flow));
  const by = toThousandths(amount);
  const after = slot === "location" ? by : toThousandths(before) + (slot === "from" ? -by : by);
  return html`<span class="soft figure">${before} → ${format(after)} ${item.unit}</span>`;
}

/** @param {Slot} slot @param {T.Location} location @param {Context} context */
function warning(slot, location, { flow, store, speech }) {
  const { item } = flow.draft;
  if (slot !== "from" || !item) return nothing;
  const level = store.expected(item.id, location.id, lotOf(flow));
  if (!isShort(flow.draft, level)) return nothing;
  const quantity = `${level} ${item.unit}`;
  return html`<p class="fault" role="alert">${speech.say("short", { quantity })}</p>`;
}

/** @param {Context["flow"]} flow */
const lotOf = (flow) => flow.lots.find((it) => it.code === flow.draft.lot)?.id;

/** @param {Slot} slot @param {Context} context */
function openSlot(slot, context) {
  const { flow, speech, store } = context;
  const label = speech.say(`slot_${slot}`);
  return html`
    <div class="slot is-open">
      <tallyman-search only="location" .store=${store} .speech=${speech} label=${label}
        .chosen=${(/** @type {T.Meaning} */ it) => { if (it.kind === "location") flow.setLocation(slot, it.location); }}
        .entered=${(/** @type {string} */ code) => {
          flow.active = slot;
          void scan(flow, code);
        }}></tallyman-search>
      ${suggested(slot, context)}
    </div>`;
}

/** Where the item is. @param {Slot} slot @param {Context} context */
function suggested(slot, { flow, store }) {
  const { item } = flow.draft;
  if (!item || slot === "from") return nothing;
  const places = new Map(store.levelsOfItem(item.id).map((it) => [it.location.id, it.location]));
  return html`
    <div class="row">${[...places.values()].slice(0, 4).map((location) => html`
      <button class="button is-chip" @click=${() => flow.setLocation(slot, location)}>${location.path}</button>`)}</div>`;
}
