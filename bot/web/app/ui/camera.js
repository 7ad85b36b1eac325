/** The camera: scans on and on while it is open. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { icon } from "./icons.js";
import { openReader } from "./input/reader.js";
import { Speech } from "./words.js";

const PAUSE = 120;
// A code that stays in sight is one scan; it must leave for this long to be scanned again.
const AWAY = 1_500;

export class Camera extends LitElement {
  /** @override */
  static properties = {
    speech: { attribute: false },
    fault: { state: true },
    torch: { state: true },
    canTorch: { state: true },
  };

  constructor() {
    super();
    this.speech = new Speech("en");
    /** @type {(code: string) => void} */ this.found = () => {};
    /** @type {() => void} */ this.closed = () => {};
    /** @type {"" | "camera_denied" | "camera_none"} */ this.fault = "";
    this.torch = false;
    this.canTorch = false;
    /** @type {MediaStream | null} */ this.stream = null;
    /** When each code was seen last. @type {Map<string, number>} */ this.seen = new Map();
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  firstUpdated() {
    void this.start();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  async start() {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    } catch (error) {
      const isDenied = error instanceof DOMException && error.name === "NotAllowedError";
      this.fault = isDenied ? "camera_denied" : "camera_none";
      return;
    }
    const video = this.querySelector("video");
    if (!video || !this.isConnected) return this.disconnectedCallback();
    video.srcObject = this.stream;
    const can = this.stream.getVideoTracks()[0]?.getCapabilities?.();
    this.canTorch = Boolean(can && "torch" in can && can.torch);
    await video.play();
    await this.watch(video);
  }

  /** @param {HTMLVideoElement} video */
  async watch(video) {
    const read = await openReader();
    while (this.stream && this.isConnected) {
      if (document.visibilityState === "visible") this.report(await read(video));
      await new Promise((resume) => setTimeout(resume, PAUSE));
    }
  }

  /** @param {string[]} codes */
  report(codes) {
    const now = performance.now();
    for (const code of codes) {
      const isNew = now - (this.seen.get(code) ?? -Infinity) > AWAY;
      this.seen.set(code, now);
      if (isNew) this.found(code);
    }
  }

  async switchTorch() {
    this.torch = !this.torch;
    const light = /** @type {MediaTrackConstraintSet} */ ({ torch: this.torch });
    await this.stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [light] });
  }

  /** @override */
  render() {
    if (this.fault) {
      return html`<p class="notice is-bad" role="alert">${this.speech.say(this.fault)}</p>`;
    }
    return html`
      <div class="camera">
        <video muted playsinline aria-label=${this.speech.say("camera_view")}></video>
        <span class="camera-line" aria-hidden="true"></span>
        <div class="camera-buttons">
          ${this.canTorch ? html`
            <button class="button is-icon" aria-pressed=${this.torch} aria-label=${this.speech.say("torch")}
              @click=${() => this.switchTorch()}>${icon("torch")}</button>` : nothing}
          <button class="button is-icon" aria-label=${this.speech.say("camera_close")}
            @click=${() => this.closed()}>${icon("close")}</button>
        </div>
      </div>`;
  }
}

customElements.define("tallyman-camera", Camera);
