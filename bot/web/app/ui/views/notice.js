/** What the last scan or booking led to, said to eyes and ears. */

import { html, nothing } from "../../vendor/lit.js";
import { describe, reasonOf } from "../describing.js";
import { icon } from "../icons.js";
import { choose, goOn } from "../scanning.js";

/** @import * as T from "../../types.js" */
/** @import { Context } from "../context.js" */
/** @import { Notice } from "../flow.js" */

/** @param {Context} context */
export function noticeArea(context) {
  const notice = context.flow.notice && asOfNow(context.flow.notice, context);
  return html`
    <div class="notice-area" role="status" aria-live="polite" aria-atomic="true">
      ${notice ? noticeBox(notice, context) : nothing}
    </div>`;
}

/**
 * What was queued may have been answered since.
 * @param {Notice} notice @param {Context} context @returns {Notice}
 */
function asOfNow(notice, { entries, speech }) {
  const entry = notice.word === "queued" && entries.find((it) => it.id === notice.entry?.id);
  if (!entry) return notice;
  if (entry.state === "refused") {
    return { tone: "bad", word: "refused_now", entry, values: { reason: reasonOf(entry, speech) } };
  }
  if (!entry.record) return { ...notice, entry };
  return { tone: "good", word: "booked", entry, values: { record: String(entry.record) } };
}

/** @param {Notice} notice @param {Context} context */
function noticeBox(notice, context) {
  const { flow, speech } = context;
  return html`
    <div class="notice is-${notice.tone}">
      ${icon(notice.tone === "good" ? "done" : notice.tone === "bad" ? "refused" : "waiting")}
      <div class="grow">
        <p>${sentence(notice, context)}</p>
        ${actions(notice, context)}
      </div>
      <button class="button is-bare is-icon" aria-label=${speech.say("close")}
        @click=${() => flow.say(null)}>${icon("close")}</button>
    </div>`;
}

/** @param {Notice} notice @param {Context} context */
function sentence({ word, values = {}, entry, next }, { speech, store, flow }) {
  const said = values["said"] ?? "";
  if (said) return said;
  if (next) {
    const pending = flow.draft.item?.name ?? "";
    return speech.say("not_queued_yet", { item: pending, next: nameOf(next) });
  }
  const what = entry ? describe(entry, store, speech) : { title: "", where: "" };
  const all = { ...values, what: [what.title, what.where].filter(Boolean).join(" · ") };
  return speech.say(speech.knows(word) ? word : "error_unexpected", all);
}

/** @param {T.Meaning} meaning */
export function nameOf(meaning) {
  return meaning.kind === "location" ? meaning.location.path : meaning.item.name;
}

/** @param {Notice} notice @param {Context} context */
function actions(notice, context) {
  const { flow, speech } = context;
  if (notice.next) {
    return html`<div class="row">
      <button class="button is-main" @click=${() => goOn(flow, { first: "book" })}>${speech.say("book_first")}</button>
      <button class="button" @click=${() => goOn(flow, { first: "drop" })}>${speech.say("drop_it")}</button>
    </div>`;
  }
  if (notice.choices) {
    return html`<div class="row">${notice.choices.map((meaning) => html`
      <button class="button" @click=${() => choose(flow, meaning)}>${nameOf(meaning)}</button>`)}</div>`;
  }
  const { entry } = notice;
  if (entry && notice.word === "queued" && !entry.inDoubt) {
    return html`<div class="row">
      <button class="button" @click=${() => flow.discard(entry, "taken_back")}>${speech.say("take_back")}</button>
    </div>`;
  }
  return nothing;
}
