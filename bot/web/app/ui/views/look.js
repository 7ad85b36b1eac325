/** Look: where an item is, what a location holds. Nothing changes. */

import { html, nothing } from "../../vendor/lit.js";
import { findItem } from "./entry.js";
import { itemCard, locationCard } from "./stock.js";

/** @import { Context } from "../context.js" */

/** @param {Context} context */
export function lookView(context) {
  const { flow, speech } = context;
  const { item } = flow.draft;
  const isEmpty = !item && !flow.place;
  return html`
    <section class="entry" aria-label=${speech.say("mode_look")}>
      ${findItem(context)}
      ${item ? itemCard(item, context) : flow.place ? locationCard(flow.place, context) : nothing}
      ${isEmpty ? html`<p class="soft">${speech.say("look_hint")}</p>` : nothing}
    </section>`;
}
