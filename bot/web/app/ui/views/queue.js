/** The queue: what waits, what was refused and why, and what a person can do about it. */

import { html, nothing, repeat } from "../../vendor/lit.js";
import { describe, plea, reasonOf, statusWord } from "../describing.js";
import { icon } from "../icons.js";
import { handOver, saveFile } from "../sharing.js";

/** @import * as T from "../../types.js" */
/** @import { Context } from "../context.js" */

/** Refused ones need a person: they come first. @type {T.QueueState[]} */
const ORDER = ["refused", "held", "waiting", "done"];
const DONE_SHOWN = 20;
const RECENT = 3;

/** @param {Context} context */
export function queueView(context) {
  const { entries, speech, store, state } = context;
  const open = ORDER.slice(0, 3).flatMap((it) => entries.filter(({ state: now }) => now === it));
  const done = entries.filter((it) => it.state === "done").slice(-DONE_SHOWN).reverse();
  return html`
    <div class="queue">
      ${offlineSwitch(context)}
      ${state.queue.foreign ? html`<p class="banner is-warm">${speech.count("queue_foreign", state.queue.foreign)}</p>` : nothing}
      ${open.length ? list(open, context) : html`<p class="soft empty">${icon("done")} ${speech.say("queue_empty")}</p>`}
      <div class="row">
        <button class="button" ?disabled=${state.offlineSwitch || state.sync.running}
          @click=${() => void store.syncNow()}>${icon("sync")} ${speech.say("sync_now")}</button>
        ${open.length ? exportButtons(context) : nothing}
      </div>
      ${done.length ? html`<h3>${speech.say("done_lately")}</h3>${list(done, context)}` : nothing}
    </div>`;
}

/** @param {Context} context */
export function offlineSwitch({ state, store, speech }) {
  return html`
    <label class="switch">
      <span><span>${speech.say("work_offline")}</span><br><small class="soft">${speech.say("work_offline_hint")}</small></span>
      <input type="checkbox" role="switch" .checked=${state.offlineSwitch}
        @change=${(/** @type {Event} */ event) =>
          store.setOffline(/** @type {HTMLInputElement} */ (event.target).checked)}>
    </label>`;
}

/** @param {Context} context */
export function exportButtons({ store, speech }) {
  /** @param {"json" | "csv"} format */
  const save = async (format) => saveFile(await store.exportQueue(format));
  return html`
    <button class="button" @click=${() => save("csv")}>${speech.say("export_csv")}</button>
    <button class="button" @click=${() => save("json")}>${speech.say("export_json")}</button>`;
}

/** What was done last, in sight between two scans. @param {Context} context */
export function recentView(context) {
  const { entries, speech } = context;
  const recent = entries.slice(-RECENT).reverse();
  if (recent.length === 0) return nothing;
  return html`
    <section class="recent" aria-label=${speech.say("done_lately")}>
      <h2 class="label">${speech.say("done_lately")}</h2>
      ${list(recent, context, nothing)}
    </section>`;
}

/** @param {T.QueueEntry[]} entries @param {Context} context @param {typeof nothing} [acts] */
const list = (entries, context, acts) => html`
  <ul class="entries">${repeat(entries, (it) => it.id, (it) => row(it, context, acts))}</ul>`;

/** @param {T.QueueEntry} entry @param {Context} context @param {typeof nothing} [acts] */
function row(entry, context, acts) {
  const { store, speech, now } = context;
  const { title, where } = describe(entry, store, speech);
  const reason = reasonOf(entry, speech);
  const status = entry.record && entry.state === "done"
    ? speech.say("record", { record: entry.record }) : speech.say(statusWord(entry));
  return html`
    <li class="entry-row is-${entry.state}">
      ${icon(entry.state)}
      <div class="grow">
        <p><strong>${title}</strong></p>
        <p class="soft">${where}</p>
        <p class="soft"><span>${status}</span> · ${speech.ago(entry.timestamp, now)}</p>
        ${reason ? html`<p class="reason">${reason}</p>` : nothing}
        ${acts ?? buttons(entry, context)}
      </div>
    </li>`;
}

/** @param {T.QueueEntry} entry @param {Context} context */
function buttons(entry, context) {
  const { flow, speech, open } = context;
  if (entry.state === "waiting" && !entry.inDoubt) {
    return html`<div class="row">
      <button class="button" @click=${() => flow.discard(entry, "taken_back")}>${speech.say("take_back")}</button></div>`;
  }
  if (entry.state !== "refused") return nothing;
  const isStock = entry.table === "stock_moves" || entry.table === "stock_counts";
  const correct = () => {
    open(null);
    flow.correct(entry);
  };
  return html`
    <div class="row">
      ${isStock ? html`<button class="button is-main" @click=${correct}>${speech.say("correct")}</button>` : nothing}
      <button class="button is-danger" @click=${() => flow.discard(entry, "discarded")}>${speech.say("discard")}</button>
      <button class="button" @click=${() => ask(entry, context)}>${speech.say("ask_manager")}</button>
    </div>`;
}

/** @param {T.QueueEntry} entry @param {Context} context */
async function ask(entry, { flow, store, speech }) {
  const text = plea(entry, store, speech);
  const way = await handOver(text);
  if (way !== "cancelled") flow.say({ tone: "plain", word: `ask_${way}`, values: { text } });
}
