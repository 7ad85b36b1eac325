/** Which lot or serial number, for items that have them. */

import { html, live, nothing } from "../../vendor/lit.js";
import { makesLots } from "../draft.js";
import { compare } from "../quantities.js";

/** @import * as T from "../../types.js" */
/** @import { Context } from "../context.js" */

const SHOWN = 6;

/** @param {Context} context */
export function lotFields(context) {
  const { flow, speech, state } = context;
  const { draft, lots } = flow;
  const isSerial = draft.item?.tracking === "serial";
  const isNew = makesLots(state.mode) && draft.lot.trim() && !lots.some((it) => it.code === draft.lot.trim());
  const hint = speech.say(state.mode === "take" || state.mode === "move" ? "lot_by_itself" : "scan_or_type");
  return html`
    <div class="lot" role="group" aria-label=${speech.say(isSerial ? "serial" : "lot")}>
      <label class="field">
        <span>${speech.say(isSerial ? "serial" : "lot")}</span>
        <input class="input" name="lot" autocomplete="off" autocapitalize="off" maxlength="80" placeholder=${hint}
          .value=${live(draft.lot)} @input=${(/** @type {Event} */ event) => flow.set({ lot: valueOf(event) })}>
      </label>
      ${chips(context)}
      ${isNew && !isSerial ? html`
        <label class="field">
          <span>${speech.say("expiry")}</span>
          <input class="input" type="date" name="expiry" .value=${live(draft.expiry)}
            @input=${(/** @type {Event} */ event) => flow.set({ expiry: valueOf(event) })}>
        </label>` : nothing}
    </div>`;
}

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** The lots that there are, first-expiring first. @param {Context} context */
function chips({ flow, speech, store, state }) {
  const { item, at } = flow.draft;
  if (!item) return nothing;
  const location = at.from ?? at.location;
  /** @param {T.Lot} lot */
  const level = (lot) => (location ? store.expected(item.id, location.id, lot.id) : "0");
  const there = flow.lots.filter((it) => !location || state.mode === "count" || compare(level(it), "0") > 0);
  return html`
    <div class="row">${there.slice(0, SHOWN).map((lot) => html`
      <button class="button is-chip" aria-pressed=${flow.draft.lot === lot.code}
        @click=${() => flow.set({ lot: flow.draft.lot === lot.code ? "" : lot.code })}>
        <span class="mono">${lot.code}</span>
        ${lot.expiresOn ? html`<span class="soft">${speech.day(lot.expiresOn)}</span>` : nothing}
        ${lot.state === "open" ? nothing : html`<span class="tag">${speech.say("lot_held")}</span>`}
      </button>`)}</div>`;
}
