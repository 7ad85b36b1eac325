/** Reads codes in pictures: by the browser if it can, else by zxing. */

/** @typedef {(video: HTMLVideoElement) => Promise<string[]>} Reader */

// What is printed on goods and shelves; fewer kinds are read faster.
const FORMATS = ["code_128", "code_39", "data_matrix", "ean_13", "ean_8", "itf", "qr_code", "upc_a", "upc_e"];
// A wider picture takes longer than a person holds still.
const WIDEST = 960;

/** @typedef {{ detect: (source: CanvasImageSource) => Promise<{ rawValue: string }[]> }} Detector */
/** @typedef {{ new (options: { formats: string[] }): Detector, getSupportedFormats: () => Promise<string[]> }} Detectors */

/** @returns {Promise<Reader>} */
export async function openReader() {
  const detectors = /** @type {{ BarcodeDetector?: Detectors }} */ (/** @type {unknown} */ (globalThis)).BarcodeDetector;
  const can = (await detectors?.getSupportedFormats().catch(() => [])) ?? [];
  if (detectors && FORMATS.every((it) => can.includes(it))) {
    const detector = new detectors({ formats: FORMATS });
    return async (video) => (await detector.detect(video)).map((it) => it.rawValue);
  }
  return openZxing();
}

/** @returns {Promise<Reader>} */
async function openZxing() {
  const { prepareZXingModule, readBarcodes } = await import("../../vendor/zxing.js");
  const program = new URL("../../vendor/zxing.wasm", import.meta.url).href;
  prepareZXingModule({ overrides: { locateFile: () => program } });
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!pen || canvas.width === 0) return [];
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(picture, {
      formats: ["Code128", "Code39", "DataMatrix", "EANUPC", "ITF", "QRCode"],
      maxNumberOfSymbols: 4,
    });
    return found.filter((it) => it.isValid).map((it) => it.text);
  };
}
