/** Whether a person works with keys or with a finger. */

const KEYS = new Set(["Tab", "Enter", " "]);

/**
 * @param {(byKeys: boolean) => void} heard
 * @returns {() => void} Stops hearing.
 */
export function hearHands(heard) {
  const keys = (/** @type {KeyboardEvent} */ { key }) => heard(KEYS.has(key));
  const finger = () => heard(false);
  document.addEventListener("keydown", keys, { capture: true });
  document.addEventListener("pointerdown", finger, { capture: true });
  return () => {
    document.removeEventListener("keydown", keys, { capture: true });
    document.removeEventListener("pointerdown", finger, { capture: true });
  };
}
