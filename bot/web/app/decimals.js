/**
 * Exact decimals: quantities are text in the protocol, because binary fractions lose thousandths.
 *
 * @module
 */

// Quantities have three places and factors six, so their product has nine.
const PLACES = 9;
const ONE = 10n ** BigInt(PLACES);
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d{1,9}))?$/;

/**
 * @param {unknown} text
 * @returns {bigint | null} in billionths; null for what is no decimal
 */
export function parse(text) {
    const match = DECIMAL.exec(String(text));
    if (match === null) return null;
    const [, sign, whole, fraction = ""] = match;
    const value = BigInt(whole + fraction.padEnd(PLACES, "0"));
    return sign === "-" ? -value : value;
}

/**
 * @param {bigint} value
 * @returns {string} without zeros at the end
 */
export function format(value) {
    const sign = value < 0n ? "-" : "";
    const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, "0");
    const fraction = digits.slice(-PLACES).replace(/0+$/, "");
    return sign + digits.slice(0, -PLACES) + (fraction && `.${fraction}`);
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
export function times(a, b) {
    return (a * b) / ONE;
}
