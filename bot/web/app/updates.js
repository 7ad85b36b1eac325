/**
 * The page's own newer versions: fetched by the service worker, opened when a person says so.
 *
 * @module
 */

/**
 * @param {object} on
 * @param {() => void} on.onReady a newer version is installed and waits
 * @param {() => void} on.onReplaced another tab opened it: what this one still loads is newer
 * @returns {() => void} opens it
 */
export function watchUpdates({ onReady, onReplaced }) {
    const workers = navigator.serviceWorker;
    if (!workers) return () => location.reload();
    const wasControlled = workers.controller !== null;
    const replaced = () => wasControlled && onReplaced();
    workers.addEventListener("controllerchange", replaced);
    /** @type {ServiceWorker | null} */
    let waiting = null;
    /** @param {ServiceWorker | null} worker */
    const found = (worker) => {
        // The first one ever has nothing to take the place of.
        if (!worker || !workers.controller) return;
        waiting = worker;
        onReady();
    };
    void workers.register(new URL("./sw.js", import.meta.url), { updateViaCache: "none" })
        .then((registration) => {
            found(registration.waiting);
            registration.addEventListener("updatefound", () => {
                const worker = registration.installing;
                worker?.addEventListener("statechange", () => {
                    if (worker.state === "installed") found(worker);
                });
            });
            document.addEventListener("visibilitychange", () => {
                if (document.visibilityState === "visible") void registration.update().catch(() => {});
            });
        })
        // Without one (a private window) the page works as long as there is a network.
        .catch(() => {});
    return () => {
        if (!waiting) {
            location.reload();
            return;
        }
        workers.removeEventListener("controllerchange", replaced);
        workers.addEventListener("controllerchange", () => location.reload(), { once: true });
        waiting.postMessage("take over");
    };
}
