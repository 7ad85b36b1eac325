/**
 * How texts are compared: as they are typed, without case and accents.
 *
 * @module
 */

const ACCENTS = /[\u0300-\u036f]/g;
// Nothing to normalize, and a warehouse has a hundred thousand of them to load.
const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
const SEPARATORS = /[^\p{L}\p{N}]+/gu;

/** @param {string} text */
export function key(text) {
    if (PLAIN.test(text)) return text.toLowerCase();
    return text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
}

/** @param {string} text */
export function fold(text) {
    if (PLAIN.test(text)) return text.toLowerCase();
    return key(text).normalize("NFD").replace(ACCENTS, "").normalize("NFC");
}

/**
 * What is searched for a name or a part number: also without its dashes and dots, as people type
 * it.
 *
 * @param {string[]} texts
 */
export function searched(...texts) {
    const folded = texts.map(fold);
    const bare = folded.map((text) => text.replace(SEPARATORS, ""));
    return [...new Set([...folded, ...bare])].join("\n");
}

/**
 * @param {string} text
 * @returns {string[]} the words that all have to be found
 */
export function words(text) {
    return fold(text).split(" ").filter((word) => word !== "");
}

/**
 * The ways a code may be kept: a short product number is a longer one without its leading zero,
 * and scanners send either.
 *
 * @param {string} code
 * @returns {string[]}
 */
export function spellings(code) {
    const exact = key(code);
    if (/^\d{12}$/.test(exact)) return [exact, `0${exact}`];
    if (/^0\d{12}$/.test(exact)) return [exact, exact.slice(1)];
    return [exact];
}
