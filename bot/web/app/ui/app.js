/** The whole page: hears the store, the wedge and the camera, and shows one view. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import "./camera.js";
import { give } from "./feedback.js";
import { Flow } from "./flow.js";
import { hearHands } from "./input/hands.js";
import { hearWedge } from "./input/wedge.js";
import { applyLooks, loadPreferences, savePreferences } from "./preferences.js";
import { scan } from "./scanning.js";
import "./search.js";
import "./sheet.js";
import { linkView, lockedView } from "./views/door.js";
import { bookButton, entryView } from "./views/entry.js";
import { lookView } from "./views/look.js";
import { noticeArea } from "./views/notice.js";
import { queueView } from "./views/queue.js";
import { settingsView } from "./views/settings.js";
import { banners, queueBar, tabs, topBar } from "./views/shell.js";
import { Speech, pickLanguage } from "./words.js";

/** @import * as T from "../types.js" */
/** @import { Store } from "../contract.js" */
/** @import { Context, Panel } from "./context.js" */

const TICK = 15_000;

export class Scanner extends LitElement {
  /** @override */
  static properties = { store: { attribute: false }, broken: { state: true } };

  constructor() {
    super();
    /** @type {Store | null} */ this.store = null;
    this.broken = false;
    /** Whether the last thing was done with keys. */
    this.byKeys = false;
    /** @type {Flow | null} */ this.flow = null;
    /** @type {T.QueueEntry[]} */ this.entries = [];
    /** @type {Panel | null} */ this.panel = null;
    this.shown = { camera: false, keypad: false };
    this.preferences = loadPreferences();
    this.speech = new Speech("en");
    /** @type {(() => void)[]} */ this.stops = [];
  }

  /** One sheet of styles serves all: no shadow. @override */
  createRenderRoot() {
    return this;
  }

  /** @override @param {Map<string, unknown>} changes */
  willUpdate(changes) {
    if (changes.has("store") && this.store) this.open(this.store);
  }

  /** @param {Store} store */
  open(store) {
    this.flow = new Flow({
      store,
      preferences: this.preferences,
      keep: () => savePreferences(this.preferences),
      cue: (cue) => give(cue, this.preferences),
      changed: () => this.requestUpdate(),
    });
    let wasReady = false;
    let refused = Infinity;
    const heard = (/** @type {T.State} */ state) => {
      // Where the person last worked is known once the catalogue is.
      if (state.catalogue.ready && !wasReady && !this.flow?.draft.item) this.flow?.clear();
      wasReady = state.catalogue.ready;
      if (state.queue.refused > refused) give("wrong", this.preferences);
      refused = state.queue.refused;
      void this.readQueue(store);
      this.requestUpdate();
    };
    const timer = setInterval(() => this.requestUpdate(), TICK);
    this.stops = [
      store.subscribe(heard),
      hearWedge(document, (code) => this.scanned(code)),
      hearHands((byKeys) => {
        this.byKeys = byKeys;
      }),
      () => clearInterval(timer),
    ];
    heard(store.state);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    for (const stop of this.stops) stop();
  }

  /** @override */
  firstUpdated() {
    this.querySelector("[data-shell]")?.remove();
  }

  /** What had the focus may be gone: who works with keys goes on at the next field. @override */
  updated() {
    if (!this.byKeys) return;
    requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      /** @type {HTMLElement | null} */
      const next = this.querySelector("#quantity, [role=combobox], .door input");
      next?.focus();
    });
  }

  /** @param {Store} store */
  async readQueue(store) {
    if (store.state.device.state === "starting") return;
    this.entries = await store.queueList();
    this.requestUpdate();
  }

  /** @param {string} code */
  scanned(code) {
    const { flow, store } = this;
    if (!flow || !store) return;
    this.panel = null;
    if (store.state.device.state === "linked") void scan(flow, code);
    // What went wrong is shown with the field for a link.
    else if (code.includes("#link=")) store.link(code).catch(() => {});
  }

  /** @param {Store} store @param {Flow} flow @returns {Context} */
  context(store, flow) {
    return {
      store, flow, state: store.state, speech: this.speech, preferences: this.preferences,
      entries: this.entries, now: Date.now(), ...this.shown,
      scanned: (code) => this.scanned(code),
      open: (panel) => {
        this.panel = panel;
        this.requestUpdate();
      },
      show: (shown) => {
        Object.assign(this.shown, shown);
        this.requestUpdate();
      },
      prefer: (values) => {
        Object.assign(this.preferences, values);
        savePreferences(this.preferences);
        this.requestUpdate();
      },
    };
  }

  /** @override */
  render() {
    const { store, flow } = this;
    if (!store || !flow) return nothing;
    const language = pickLanguage([this.preferences.language, store.state.device.locale, ...navigator.languages]);
    if (language !== this.speech.language) this.speech = new Speech(language);
    applyLooks(this.preferences, language);
    const context = this.context(store, flow);
    return html`
      <div class="app ${store.state.device.state === "linked" ? "" : "is-closed"}">
        ${topBar(context)}
        ${store.state.device.state === "linked" ? this.work(context) : this.door(context)}
        ${this.sheet(context)}
      </div>`;
  }

  /** @param {Context} context */
  work(context) {
    const { state } = context;
    return html`
      ${queueBar(context)}
      <main class="main">
        ${banners(context)}
        ${this.shown.camera ? this.camera(context) : nothing}
        ${noticeArea(context)}
        ${state.mode === "look" ? lookView(context) : entryView(context)}
      </main>
      ${state.mode === "look" ? nothing : bookButton(context)}
      ${tabs(context)}
      <aside class="side" aria-label=${context.speech.say("queue")}>
        <h2>${context.speech.say("queue")}</h2>
        ${queueView(context)}
      </aside>`;
  }

  /** @param {Context} context */
  camera(context) {
    return html`
      <tallyman-camera .speech=${this.speech} .found=${context.scanned}
        .closed=${() => context.show({ camera: false })}></tallyman-camera>`;
  }

  /** @param {Context} context */
  door(context) {
    if (this.broken) {
      return html`<main class="main"><p class="notice is-bad" role="alert">${this.speech.say("broken")}</p></main>`;
    }
    return html`<main class="main">${noticeArea(context)}${
      context.state.device.state === "locked" ? lockedView(context) : linkView(context)}</main>`;
  }

  /** @param {Context} context */
  sheet(context) {
    if (!this.panel) return nothing;
    const content = this.panel === "queue" ? queueView(context) : settingsView(context);
    return html`
      <tallyman-sheet .heading=${this.speech.say(this.panel)} .closing=${this.speech.say("close")}
        .content=${content} .closed=${() => context.open(null)}></tallyman-sheet>`;
  }
}

customElements.define("tallyman-scanner", Scanner);
