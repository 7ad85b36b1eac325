/** What every view is given. */

/** @import * as T from "../types.js" */
/** @import { Store } from "../contract.js" */
/** @import { Flow } from "./flow.js" */
/** @import { Preferences } from "./preferences.js" */
/** @import { Speech } from "./words.js" */

/** @typedef {"queue" | "settings"} Panel */

/**
 * @typedef {object} Context
 * @property {Store} store
 * @property {T.State} state
 * @property {Flow} flow
 * @property {Speech} speech
 * @property {Preferences} preferences
 * @property {T.QueueEntry[]} entries oldest first
 * @property {number} now
 * @property {boolean} camera whether the camera scans
 * @property {boolean} keypad whether the large keys are shown
 * @property {(code: string) => void} scanned
 * @property {(panel: Panel | null) => void} open
 * @property {(shown: Partial<{ camera: boolean, keypad: boolean }>) => void} show
 * @property {(values: Partial<Preferences>) => void} prefer
 */

export {};
