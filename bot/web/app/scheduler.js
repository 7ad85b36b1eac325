/**
 * When to sync: at once after something happened, later after a failure, and now and then.
 *
 * @module
 */

/** @import { Outcome } from "./sync.js" */

const POLL = 20_000;
/** A page in the background costs its phone's battery. */
const POLL_HIDDEN = 300_000;
const FIRST_RETRY = 1_000;
const LAST_RETRY = 60_000;

/**
 * A part of a wait, never the whole: a hundred devices that lost the same server would come back
 * in the same second.
 *
 * @param {number} wait
 */
function jittered(wait) {
    return wait * (0.5 + Math.random() / 2);
}

export class Scheduler {
    /**
     * @param {(signal: AbortSignal, insisted: boolean) => Promise<Outcome>} run
     * @param {() => void} onChange
     */
    constructor(run, onChange) {
        this.run = run;
        this.onChange = onChange;
        this.running = false;
        this.paused = true;
        this.failures = 0;
        this.error = "";
        this.message = "";
        /** @type {string | null} */
        this.lastSuccess = null;
        /** @type {number | null} when it is tried again, and not before */
        this.retryAt = null;
        /** How long the server itself wants to be left alone. */
        this.notBefore = 0;
        this.again = false;
        this.insisted = false;
        this.timer = 0;
        this.abort = new AbortController();
    }

    start() {
        this.paused = false;
        this.soon();
    }

    /** Breaks off what is on its way: what it carried is sent again later. */
    pause() {
        this.paused = true;
        this.retryAt = null;
        clearTimeout(this.timer);
        this.abort.abort();
        this.abort = new AbortController();
        this.onChange();
    }

    /** Something was queued: sent at once, but not into a failure's wait. */
    soon() {
        if (this.retryAt === null) void this.go();
    }

    /** The network is back, or a person asks; only the server's own wait is kept. */
    now(insisted = false) {
        this.insisted ||= insisted;
        if (Date.now() >= this.notBefore) void this.go();
    }

    /** Another tab did it. */
    heard() {
        this.succeeded();
        if (!this.running && !this.paused) this.wait(this.poll());
        this.onChange();
    }

    async go() {
        if (this.paused) return;
        if (this.running) {
            this.again = true;
            return;
        }
        this.running = true;
        clearTimeout(this.timer);
        this.onChange();
        const signal = this.abort.signal;
        do {
            this.again = false;
            const insisted = this.insisted;
            this.insisted = false;
            this.take(await this.attempt(signal, insisted));
        } while (this.again && !signal.aborted && this.retryAt === null);
        this.running = false;
        this.onChange();
        // Switched off and on again meanwhile.
        if (signal.aborted && !this.paused) this.soon();
    }

    /** @param {AbortSignal} signal @param {boolean} insisted @returns {Promise<Outcome>} */
    async attempt(signal, insisted) {
        try {
            return await this.run(signal, insisted);
        } catch (error) {
            const message = error instanceof Error ? error.message : "";
            return { kind: "later", error: "storage", message, wait: 0 };
        }
    }

    /** @param {Outcome} outcome */
    take(outcome) {
        if (this.paused) return;
        if (outcome.kind === "later") {
            const { error, message, wait } = outcome;
            const own = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.failures);
            this.failures += 1;
            if (wait > 0) this.notBefore = Date.now() + wait;
            const delay = Math.max(wait, jittered(own));
            Object.assign(this, { error, message, retryAt: Date.now() + delay });
            this.wait(delay);
        } else {
            if (outcome.kind === "done") this.succeeded();
            this.wait(this.poll());
        }
    }

    succeeded() {
        Object.assign(this, { failures: 0, error: "", message: "", retryAt: null, notBefore: 0 });
        this.lastSuccess = new Date().toISOString();
    }

    poll() {
        return jittered(document.visibilityState === "visible" ? POLL : POLL_HIDDEN);
    }

    /** @param {number} delay */
    wait(delay) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
            this.retryAt = null;
            void this.go();
        }, delay);
    }
}
