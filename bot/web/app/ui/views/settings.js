/** Looks, sounds, language, and the device itself. */

import { html, nothing } from "../../vendor/lit.js";
import { LANGUAGE_NAMES } from "../words.js";
import { offlineSwitch } from "./queue.js";

/** @import { Context } from "../context.js" */
/** @import { Word } from "../words.js" */

const THEMES = /** @type {const} */ (["auto", "light", "dark"]);

/** @param {Context} context */
export function settingsView(context) {
  const { preferences, prefer, speech } = context;
  return html`
    <div class="settings">
      ${offlineSwitch(context)}
      ${toggle("sound", context)}
      ${toggle("vibration", context)}
      <label class="field">
        <span>${speech.say("language")}</span>
        <select class="input" @change=${(/** @type {Event} */ event) =>
          prefer({ language: /** @type {HTMLSelectElement} */ (event.target).value })}>
          <option value="" ?selected=${!preferences.language}>${speech.say("language_auto")}</option>
          ${Object.entries(LANGUAGE_NAMES).map(([code, name]) => html`
            <option value=${code} lang=${code} ?selected=${preferences.language === code}>${name}</option>`)}
        </select>
      </label>
      <div role="group" aria-label=${speech.say("theme")}>
        <span class="label">${speech.say("theme")}</span>
        <div class="row">${THEMES.map((theme) => html`
          <button class="button is-chip" aria-pressed=${preferences.theme === theme}
            @click=${() => prefer({ theme })}>${speech.say(`theme_${theme}`)}</button>`)}</div>
      </div>
      ${deviceFacts(context)}
    </div>`;
}

/** @param {"sound" | "vibration"} name @param {Context} context */
function toggle(name, { preferences, prefer, speech }) {
  return html`
    <label class="switch">
      <span>${speech.say(name)}</span>
      <input type="checkbox" role="switch" .checked=${preferences[name]}
        @change=${(/** @type {Event} */ event) =>
          prefer({ [name]: /** @type {HTMLInputElement} */ (event.target).checked })}>
    </label>`;
}

/** @param {Context} context */
function deviceFacts({ state, store, speech, open }) {
  const { device, catalogue, sync } = state;
  if (device.state !== "linked") return nothing;
  const unlink = async () => {
    if (!confirm(speech.say("unlink_sure"))) return;
    open(null);
    await store.unlink();
  };
  /** @type {[Word, string][]} */
  const facts = [
    ["device", device.name],
    ["person", device.userName],
    ["catalogue", [speech.count("items", catalogue.items), speech.count("locations", catalogue.locations)].join(", ")],
    ["last_sync", sync.lastSuccess ? speech.time(sync.lastSuccess) : "–"],
  ];
  return html`
    <dl class="facts">${facts.map(([word, value]) => html`<div><dt>${speech.say(word)}</dt><dd>${value}</dd></div>`)}</dl>
    ${state.persisted ? nothing : html`<p class="soft">${speech.say("not_persisted")}</p>`}
    <button class="button is-danger" @click=${unlink}>${speech.say("unlink")}</button>`;
}
