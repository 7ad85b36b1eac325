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
 * Arabic with one form of each letter, without signs of vowels, as `bot/domain/words.py` has it. It
 * is kept beside what was written: copies of before know that alone.
 *
 * @param {string} text
 */
function foldArabic(text) {
    if (!/[\u0600-\u06ff]/.test(text)) return text;
    return text.normalize("NFD")
        .replace(/[\u0640\u064b-\u0655\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]/g, "")
        .replace(/\u0671/g, "\u0627").replace(/\u0629/g, "\u0647")
        .replace(/[\u0649\u06cc]/g, "\u064a").replace(/\u06a9/g, "\u0643")
        .normalize("NFC");
}

/**
 * What is searched for a name or a part number: also without its dashes and dots, as people type
 * it.
 *
 * @param {string[]} texts
 */
export function searched(...texts) {
    const folded = texts.map(fold).flatMap((text) => [text, foldArabic(text)]);
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

// With fewer digits left, two codes that a warehouse made up itself may differ in zeros alone.
const LEAST_DIGITS = 7;
const MOST_DIGITS = 14;

/**
 * The ways a code may be kept, as it was scanned first: with a right check digit, 8, 12, 13 and 14
 * digits are one code behind zeros. As `bot/domain/barcodes.py` has it.
 *
 * @param {string} code
 * @returns {string[]}
 */
export function spellings(code) {
    const exact = key(code);
    const bare = exact.replace(/^0+/, "");
    if (!/^[0-9]{7,14}$/.test(exact) || bare.length < LEAST_DIGITS || !hasCheckDigit(bare))
        return [exact];
    const others = [];
    for (let length = bare.length; length <= MOST_DIGITS; length += 1)
        others.push(bare.padStart(length, "0"));
    return [exact, ...others.filter((it) => it !== exact)];
}

/** @param {string} digits */
function hasCheckDigit(digits) {
    const weighed = [...digits].reverse().map((it, place) => Number(it) * (place % 2 ? 3 : 1));
    return weighed.reduce((sum, it) => sum + it, 0) % 10 === 0;
}
