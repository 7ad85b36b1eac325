/** What a person set on this device: looks, sounds, language, and where they last worked. */

/**
 * @typedef {object} Preferences
 * @property {"auto" | "light" | "dark"} theme
 * @property {boolean} sound
 * @property {boolean} vibration
 * @property {string} language Empty: the person's own in Discord, else the browser's.
 * @property {Record<string, number>} locations The last one of each mode's slots, by guild.
 * @property {string} order The last one that goods were received for.
 * @property {string} count The last one that was counted for.
 */

const KEY = "tallyman.preferences";

/** @returns {Preferences} */
const defaults = () => ({
  theme: "auto", sound: true, vibration: true, language: "", locations: {}, order: "", count: "",
});

/** @returns {Preferences} */
export function loadPreferences() {
  try {
    return { ...defaults(), ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    // Storage that is switched off or was broken costs the settings, never the page.
    return defaults();
  }
}

/** @param {Preferences} preferences */
export function savePreferences(preferences) {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // See above.
  }
}

/** Show the page as wished. @param {Preferences} preferences @param {string} language */
export function applyLooks({ theme }, language) {
  const root = document.documentElement;
  root.lang = language;
  if (theme === "auto") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
}
