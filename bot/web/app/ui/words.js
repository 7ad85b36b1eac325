/** The page's words in the person's language. */

import { de } from "./words/de.js";
import { en } from "./words/en.js";
import { es } from "./words/es.js";
import { fr } from "./words/fr.js";

/** @typedef {Record<keyof typeof en, string>} Words */
/** @typedef {keyof typeof en} Word */

/** @type {Record<string, Words>} */
export const LANGUAGES = { en, de, fr, es };
/** Each in its own words. */
export const LANGUAGE_NAMES = { en: "English", de: "Deutsch", fr: "Français", es: "Español" };

/** The first wished language that there is. @param {(string | undefined)[]} wished */
export function pickLanguage(wished) {
  const short = wished.map((it) => (it ?? "").slice(0, 2).toLowerCase());
  return short.find((it) => it in LANGUAGES) ?? "en";
}

export class Speech {
  /** @param {string} language */
  constructor(language) {
    this.language = language;
    this.words = LANGUAGES[language] ?? en;
    this.plural = new Intl.PluralRules(language);
  }

  /** @param {string} word @returns {word is Word} */
  knows(word) {
    return word in this.words;
  }

  /**
   * @param {Word} word
   * @param {Record<string, string | number>} [values]
   */
  say(word, values = {}) {
    return this.words[word].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  }

  /** A sentence about a number. @param {string} word Without `_one` or `_other`. @param {number} count */
  count(word, count) {
    const form = `${word}_${this.plural.select(count) === "one" ? "one" : "other"}`;
    return this.knows(form) ? this.say(form, { count }) : String(count);
  }

  /** How long ago something was, in its largest unit. @param {string} timestamp @param {number} now */
  age(timestamp, now) {
    const seconds = Math.max(0, Math.round((now - Date.parse(timestamp)) / 1000));
    /** @type {[number, string][]} */
    const units = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]];
    const [size, unit] = units.find(([it]) => seconds >= it) ?? [1, "second"];
    const options = { style: "unit", unit, unitDisplay: "short" };
    return new Intl.NumberFormat(this.language, /** @type {Intl.NumberFormatOptions} */ (options))
      .format(Math.floor(seconds / size));
  }

  /** Like `age`, in a sentence. @param {string} timestamp @param {number} now */
  ago(timestamp, now) {
    if (now - Date.parse(timestamp) < 60_000) return this.say("just_now");
    return this.say("ago", { age: this.age(timestamp, now) });
  }

  /** @param {string} timestamp */
  time(timestamp) {
    return new Intl.DateTimeFormat(this.language, { dateStyle: "medium", timeStyle: "short" })
      .format(new Date(timestamp));
  }

  /** @param {string} day Such as `2026-11-30`. */
  day(day) {
    return new Intl.DateTimeFormat(this.language, { dateStyle: "medium", timeZone: "UTC" })
      .format(new Date(`${day}T00:00:00Z`));
  }
}
