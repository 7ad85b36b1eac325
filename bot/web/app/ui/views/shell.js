/** The frame: what is always in sight. */

import { html, nothing } from "../../vendor/lit.js";
import { icon } from "../icons.js";
import { MODES } from "../input/commands.js";

/** @import { TemplateResult } from "../../vendor/lit.js" */
/** @import { Context } from "../context.js" */
/** @import { Word } from "../words.js" */

/** How far a device's clock may be off before its person is asked to set it. */
const SKEW = 5 * 60_000;

/** @param {Context} context */
export function topBar({ state, speech, open }) {
  const { device } = state;
  return html`
    <header class="top">
      <div class="top-names">
        <h1>${device.guildName || "Tallyman"}</h1>
        <p class="soft">${[device.userName, device.name].filter(Boolean).join(" · ")}</p>
      </div>
      ${device.state === "linked"
        ? connection(state.offlineSwitch, state.online, state.sync.running, speech) : nothing}
      <button class="button is-bare is-icon" @click=${() => open("settings")}
        aria-label=${speech.say("settings")} title=${speech.say("settings")}>${icon("settings")}</button>
    </header>`;
}

/**
 * @param {boolean} switched @param {boolean} online @param {boolean} running
 * @param {Context["speech"]} speech
 */
function connection(switched, online, running, speech) {
  const word = switched ? "offline_chosen" : running ? "syncing" : online ? "online" : "offline";
  return html`
    <span class="pill ${online && !switched ? "is-good" : "is-warm"}">
      ${icon(switched || !online ? "offline" : running ? "sync" : "online")}
      <span>${speech.say(word)}</span>
    </span>`;
}

/** The queue in a line: how much, how old, whether anything needs a person. @param {Context} context */
export function queueBar({ state, speech, now, open }) {
  const { waiting, held, refused, oldest } = state.queue;
  const parts = [
    waiting ? speech.count("queue_waiting", waiting) : "",
    held ? speech.count("queue_held", held) : "",
  ].filter(Boolean);
  if (oldest) parts.push(speech.say("queue_oldest", { age: speech.age(oldest, now) }));
  const isEmpty = waiting + held + refused === 0;
  return html`
    <button class="queue-bar ${refused ? "is-bad" : isEmpty ? "" : "is-warm"}" @click=${() => open("queue")}>
      ${icon(refused ? "refused" : isEmpty ? "done" : "waiting")}
      <span class="grow">
        ${refused ? html`<strong>${speech.count("queue_refused", refused)}</strong>` : nothing}
        ${isEmpty ? emptyLine(state.sync.lastSuccess, speech, now) : parts.join(" · ")}
      </span>
      ${icon("chevron")}
    </button>`;
}

/** @param {string | null} lastSuccess @param {Context["speech"]} speech @param {number} now */
function emptyLine(lastSuccess, speech, now) {
  const ago = lastSuccess ? speech.ago(lastSuccess, now) : "";
  return [speech.say("queue_empty"), ago].filter(Boolean).join(" · ");
}

/** @param {Context} context */
export function tabs({ state, speech, flow }) {
  return html`
    <nav class="tabs" aria-label=${speech.say("modes")}>
      ${MODES.map((mode) => html`
        <button class="tab" aria-current=${state.mode === mode ? "page" : "false"}
          @click=${() => flow.setMode(mode)}>
          ${icon(mode)}<span>${speech.say(`mode_${mode}`)}</span>
        </button>`)}
    </nav>`;
}

/** What a person should know, one line each. @param {Context} context */
export function banners(context) {
  const { state, store, speech } = context;
  const { catalogue, sync } = state;
  /** @type {(TemplateResult | typeof nothing)[]} */
  const shown = [
    state.outdated ? banner(speech, "outdated", "reload", () => location.reload()) : nothing,
    state.updateReady ? banner(speech, "update_ready", "update", () => void store.applyUpdate()) : nothing,
    catalogue.complete ? nothing
      : html`<p class="banner">${speech.count("catalogue_loading", catalogue.items)}</p>`,
    Math.abs(sync.clockSkew) > SKEW ? html`<p class="banner is-warm">${speech.say("clock_wrong")}</p>` : nothing,
    syncFault(context),
  ];
  return shown;
}

/** @param {Context} context */
function syncFault({ state, speech }) {
  const { error, message } = state.sync;
  if (!error || error === "network" || state.offlineSwitch) return nothing;
  const word = `sync_${error}`;
  const sentence = speech.knows(word) ? speech.say(word) : message || speech.say("sync_server");
  return html`<p class="banner is-warm">${sentence}</p>`;
}

/** @param {Context["speech"]} speech @param {Word} word @param {Word} verb @param {() => void} act */
const banner = (speech, word, verb, act) => html`
  <div class="banner">
    <span class="grow">${speech.say(word)}</span>
    <button class="button" @click=${act}>${speech.say(verb)}</button>
  </div>`;
