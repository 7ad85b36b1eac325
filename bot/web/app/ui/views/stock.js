/** An item with its stock, and a location with what it holds. */

import { html, nothing } from "../../vendor/lit.js";
import { SLOTS } from "../draft.js";
import { icon } from "../icons.js";
import { add, compare } from "../quantities.js";

/** @import * as T from "../../types.js" */
/** @import { Context } from "../context.js" */

const SHOWN = 6;

/** @param {T.Item} item @param {Context} context */
export function itemCard(item, context) {
  const { flow, speech, store } = context;
  const levels = ordered(store.levelsOfItem(item.id));
  const total = levels.reduce((sum, it) => add(sum, it.expected), "0");
  return html`
    <article class="card">
      <header class="card-head">
        <div class="grow">
          <h2>${item.name}</h2>
          <p class="soft"><span class="mono">${item.sku}</span>${
            item.archived ? html` · ${speech.say("archived")}` : nothing}</p>
        </div>
        <span class="figure is-large">${total} <small>${item.unit}</small></span>
        <button class="button is-bare is-icon" aria-label=${speech.say("clear")}
          title=${speech.say("clear")} @click=${() => flow.clear()}>${icon("close")}</button>
      </header>
      ${context.keypad && flow.pending ? nothing : levels.length ? levelList(levels, context) : html`<p class="soft">${speech.say("no_stock")}</p>`}
    </article>`;
}

/** What there is first, then by path. @param {T.Level[]} levels */
function ordered(levels) {
  return levels
    .filter((it) => compare(it.expected, "0") !== 0 || compare(it.quantity, "0") !== 0)
    .sort((a, b) => a.location.path.localeCompare(b.location.path));
}

/** @param {T.Level[]} levels @param {Context} context */
function levelList(levels, context) {
  const { speech, state } = context;
  const rest = levels.length - SHOWN;
  const rows = levels.map((it) => html`<li>${levelRow(it, context)}</li>`);
  if (rest <= 1) return html`<ul class="levels">${rows}</ul>`;
  return html`
    <ul class="levels">${rows.slice(0, SHOWN)}</ul>
    <details ?open=${state.mode === "look"}>
      <summary>${speech.count("more_locations", rest)}</summary>
      <ul class="levels">${rows.slice(SHOWN)}</ul>
    </details>`;
}

/** @param {T.Level} level @param {Context} context */
function levelRow(level, context) {
  const { flow, state } = context;
  const slot = flow.active ?? SLOTS[state.mode][0];
  const content = levelLine(level.location.path, level, context);
  if (!slot) {
    return html`<button class="level" @click=${() => flow.lookAt(level.location)}>${content}</button>`;
  }
  const isChosen = flow.draft.at[slot]?.id === level.location.id
    && (!flow.draft.lot || flow.draft.lot === level.lot?.code);
  const use = () => {
    flow.setLocation(slot, level.location);
    if (level.lot && slot !== "to") flow.set({ lot: level.lot.code });
  };
  return html`<button class="level" aria-pressed=${isChosen} @click=${use}>${content}</button>`;
}

/** @param {string} name @param {T.Level} level @param {Context} context */
function levelLine(name, { item, lot, quantity, expected }, { speech }) {
  const isOpen = compare(quantity, expected) !== 0;
  const lotText = lot ? [lot.code, lot.expiresOn ? speech.day(lot.expiresOn) : ""].filter(Boolean).join(" · ") : "";
  return html`
    <span class="grow"><span>${name}</span>${lotText ? html`<span class="soft">${lotText}</span>` : nothing}</span>
    <span class="level-figures">
      <span class="figure">${expected} ${item.unit}</span>
      ${isOpen ? html`<span class="soft">${speech.say("in_the_books", { quantity })}</span>` : nothing}
    </span>`;
}

/** @param {T.Location} location @param {Context} context */
export function locationCard(location, context) {
  const { flow, speech, store } = context;
  const levels = store.levelsAt(location.id)
    .filter((it) => compare(it.expected, "0") !== 0 || compare(it.quantity, "0") !== 0)
    .sort((a, b) => a.item.name.localeCompare(b.item.name));
  return html`
    <article class="card">
      <header class="card-head">
        ${icon("pin")}
        <div class="grow"><h2>${location.name}</h2><p class="soft">${location.path}</p></div>
        <button class="button is-bare is-icon" aria-label=${speech.say("clear")}
          @click=${() => flow.clear()}>${icon("close")}</button>
      </header>
      ${levels.length ? html`<ul class="levels">${levels.map((level) => html`
        <li><button class="level" @click=${() => flow.chooseItem(level.item)}>
          ${levelLine(level.item.name, level, context)}</button></li>`)}</ul>`
        : html`<p class="soft">${speech.say("nothing_here")}</p>`}
    </article>`;
}
