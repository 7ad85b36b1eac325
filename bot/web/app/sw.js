/**
 * Keeps the page itself, so that it opens without a network. What is queued is in the browser's
 * database, which this never touches: no update can lose it.
 *
 * `shell.js`, which the server writes, lists the files with their hashes. It changes with any of
 * them, which is how the browser notices a newer page.
 */

const worker = /** @type {ServiceWorkerGlobalScope & { SHELL: Shell }} */ (
    /** @type {unknown} */ (self)
);

/** @typedef {{ version: string, files: Record<string, string> }} Shell hashes by path */

importScripts("./shell.js");

const PREFIX = "tallyman-page-";
const CACHE = PREFIX + worker.SHELL.version;
const INDEX = new URL("./index.html", worker.location.href).href;

/**
 * Fetches a file past the browser's own cache. A file of another version than the list is an
 * error: the server was updated in between, and the browser begins again later.
 *
 * @param {Cache} cache
 * @param {string} path
 * @param {string} integrity
 */
async function fetchInto(cache, path, integrity) {
    const url = new URL(path, worker.location.href).href;
    const response = await fetch(url, { cache: "no-cache", integrity, credentials: "omit" });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(url, response);
}

async function install() {
    const cache = await caches.open(CACHE);
    const files = Object.entries(worker.SHELL.files);
    await Promise.all(files.map(([path, integrity]) => fetchInto(cache, path, integrity)));
}

async function activate() {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
}

/**
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function answer(request) {
    const cache = await caches.open(CACHE);
    const wanted = request.mode === "navigate" ? INDEX : request.url;
    return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => {
    if (event.data === "take over") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
    const { method, url } = event.request;
    // The API is never kept: an old answer would be taken for what the books say now.
    const isPage = url.startsWith(worker.registration.scope) && !url.includes("/api/");
    if (method === "GET" && isPage) event.respondWith(answer(event.request));
});
