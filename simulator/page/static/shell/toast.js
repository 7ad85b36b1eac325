import { h } from "../dom.js";

const SHOWN_MILLISECONDS = 6000;

/** Say something at the edge of the screen for a few seconds. */
export function toast(text) {
  const note = h("p", { class: "toast" }, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), SHOWN_MILLISECONDS);
}
