/** Ways out of the page for a text or a file. */

/** @import { ExportedQueue } from "../types.js" */

/**
 * Share a text, or copy it where nothing shares.
 * @param {string} text
 * @returns {Promise<"shared" | "copied" | "shown" | "cancelled">} Shown: neither worked.
 */
export async function handOver(text) {
  if ("share" in navigator && matchMedia("(pointer: coarse)").matches) {
    try {
      await navigator.share({ text });
      return "shared";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return "cancelled";
    }
  }
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    // A page that is not in front, or was not allowed to, cannot copy: the text is shown instead.
    return "shown";
  }
}

/** @param {ExportedQueue} file */
export function saveFile({ name, type, text }) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const anchor = Object.assign(document.createElement("a"), { href: address, download: name });
  anchor.click();
  // Some browsers read the file after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
