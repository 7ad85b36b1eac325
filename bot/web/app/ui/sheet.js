/** A dialog over the page; the focus goes back to where it was. */

import { LitElement, html } from "../vendor/lit.js";
import { icon } from "./icons.js";

export class Sheet extends LitElement {
  /** @override */
  static properties = {
    heading: {},
    closing: {},
    content: { attribute: false },
  };

  constructor() {
    super();
    this.heading = "";
    this.closing = "";
    /** @type {unknown} */ this.content = null;
    /** @type {() => void} */ this.closed = () => {};
    /** @type {Element | null} */ this.opener = null;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.opener = document.activeElement;
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    if (this.opener instanceof HTMLElement) this.opener.focus();
  }

  /** @override */
  firstUpdated() {
    this.querySelector("dialog")?.showModal();
  }

  /** @override */
  render() {
    return html`
      <dialog class="sheet" aria-labelledby="sheet-heading" @close=${() => this.closed()}
        @click=${(/** @type {Event} */ event) => { if (event.target === event.currentTarget) this.closed(); }}>
        <div class="sheet-inside">
          <header class="sheet-head">
            <h2 class="grow" id="sheet-heading">${this.heading}</h2>
            <button class="button is-bare is-icon" aria-label=${this.closing} @click=${() => this.closed()}>${icon("close")}</button>
          </header>
          ${this.content}
        </div>
      </dialog>`;
  }
}

customElements.define("tallyman-sheet", Sheet);
