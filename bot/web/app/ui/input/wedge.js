/** A wedge scanner: a keyboard that types a code at once and ends it with Enter. */

// Between two keys of a scanner pass a few milliseconds, over Bluetooth some tens; people who type
// fast reach two keys in this time, but not four in a row and Enter.
const GAP = 50;
const SHORTEST = 4;

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Field */
/** @typedef {{ field: Field | null, value: string, caret: number | null }} Kept */

/**
 * Hear a scanner wherever the focus is; what its keys did to a field is taken back.
 * @param {Document} page
 * @param {(code: string) => void} scanned
 * @returns {() => void} Stops hearing.
 */
export function hearWedge(page, scanned) {
  let code = "";
  let last = -Infinity;
  /** @type {Kept} */
  let kept = { field: null, value: "", caret: null };

  /** @param {KeyboardEvent} event */
  const hear = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const isBurst = event.timeStamp - last <= GAP;
    if (event.key === "Enter") {
      if (isBurst && code.length >= SHORTEST) {
        event.preventDefault();
        event.stopImmediatePropagation();
        takeBack(kept);
        scanned(code);
      }
      code = "";
      return;
    }
    if (event.key.length !== 1) return;
    if (!isBurst) {
      code = "";
      kept = keep(page.activeElement);
    }
    code += event.key;
    last = event.timeStamp;
    // A blank in a code would press the button that has the focus.
    if (event.key === " " && code.length > SHORTEST && kept.field === null) event.preventDefault();
  };
  page.addEventListener("keydown", hear, { capture: true });
  return () => page.removeEventListener("keydown", hear, { capture: true });
}

/** @param {Element | null} focused @returns {Kept} */
function keep(focused) {
  if (!(focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement)) {
    return { field: null, value: "", caret: null };
  }
  return { field: focused, value: focused.value, caret: focused.selectionStart };
}

/** @param {Kept} kept */
function takeBack({ field, value, caret }) {
  if (field === null) return;
  field.value = value;
  if (caret !== null) field.setSelectionRange(caret, caret);
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
