/** Before the flow: a device that is not linked yet, and one that is locked. */

import { html, nothing } from "../../vendor/lit.js";
import { icon } from "../icons.js";
import { exportButtons } from "./queue.js";

/** @import { Context } from "../context.js" */

/** @param {Context} context */
export function linkView(context) {
  const { state, speech } = context;
  if (state.device.state === "linking" || state.device.state === "starting") {
    return html`<section class="door" role="status"><p class="soft">${speech.say(
      state.device.state === "linking" ? "linking" : "opening")}</p></section>`;
  }
  return html`
    <section class="door">
      <span class="door-mark">${icon("link")}</span>
      <h2>${speech.say("link_title")}</h2>
      ${fault(context)}
      <ol class="steps">
        <li>${speech.say("link_step_1")} <code class="mono">/device link</code></li>
        <li>${speech.say("link_step_2")}</li>
        <li>${speech.say("link_step_3")}</li>
      </ol>
      ${linkField(context)}
      ${kept(context)}
    </section>`;
}

/** @param {Context} context */
export function lockedView(context) {
  const { state, store, speech } = context;
  const { device } = state;
  const word = `locked_${device.reason}`;
  return html`
    <section class="door" role="alert">
      <span class="door-mark is-bad">${icon("lock")}</span>
      <h2>${speech.say("locked_title")}</h2>
      <p>${device.message || speech.say(speech.knows(word) ? word : "locked_other")}</p>
      <p class="soft">${speech.say("locked_next")}</p>
      <div class="row">
        <button class="button" @click=${() => void store.syncNow()}>${icon("sync")} ${speech.say("try_again")}</button>
      </div>
      ${kept(context)}
      ${linkField(context)}
    </section>`;
}

/** Why the last link did not work. @param {Context} context */
function fault({ state, speech }) {
  const { reason, message } = state.device;
  if (!reason && !message) return nothing;
  const word = `link_${reason}`;
  return html`<p class="notice is-bad" role="alert">${
    message || speech.say(speech.knows(word) ? word : "link_bad_link")}</p>`;
}

/** What is still queued here, and how to save it. @param {Context} context */
function kept(context) {
  const { state, speech } = context;
  const { waiting, held, refused } = state.queue;
  const count = waiting + held + refused;
  if (count === 0) return nothing;
  return html`
    <div class="card">
      <p>${speech.count("queue_kept", count)}</p>
      <div class="row">
        <button class="button" @click=${() => context.open("queue")}>${speech.say("show_queue")}</button>
        ${exportButtons(context)}
      </div>
    </div>`;
}

/** @param {Context} context */
function linkField({ store, flow, speech }) {
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const link = String(new FormData(form).get("link") ?? "").trim();
    if (!link) return;
    try {
      await store.link(link);
      flow.clear();
    } catch (error) {
      flow.fail(error);
    }
  };
  return html`
    <form class="link-form" @submit=${submit}>
      <label class="field grow">
        <span>${speech.say("link_field")}</span>
        <input class="input" name="link" type="text" autocomplete="off" autocapitalize="off" spellcheck="false">
      </label>
      <button class="button is-main">${speech.say("link_button")}</button>
    </form>`;
}
