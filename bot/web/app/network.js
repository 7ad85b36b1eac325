/**
 * Requests to the server that the page came from.
 *
 * @module
 */

/** How long an answer may take: a cellar's connection is slow before it is gone. */
const PATIENCE = 30_000;

const API = new URL("../api/v1/", import.meta.url);

/**
 * No answer, or one that is no answer. `code` is the problem's word, or `network`.
 */
export class RequestFailed extends Error {
    /**
     * @param {number} status 0 without an answer
     * @param {string} code
     * @param {string} [detail]
     * @param {number} [retryAfter] milliseconds
     * @param {string[]} [fields] which parts of the request cannot be what they are
     */
    constructor(status, code, detail = "", retryAfter = 0, fields = []) {
        super(detail || code);
        this.status = status;
        this.code = code;
        this.detail = detail;
        this.retryAfter = retryAfter;
        this.fields = fields;
    }
}

/**
 * @param {"GET" | "POST" | "DELETE"} method
 * @param {string} path
 * @param {{ token?: string, body?: unknown, signal?: AbortSignal }} [options]
 * @returns {Promise<any>}
 */
export async function ask(method, path, { token, body, signal } = {}) {
    const signals = [AbortSignal.timeout(PATIENCE), ...(signal ? [signal] : [])];
    /** @type {Record<string, string>} */
    const headers = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
        const response = await fetch(new URL(path, API), {
            method,
            headers,
            body: body === undefined ? undefined : JSON.stringify(body),
            signal: AbortSignal.any(signals),
            cache: "no-store",
            credentials: "omit",
            redirect: "error",
        });
        // The body may break off too: then it is not known what the server did.
        const text = await response.text();
        if (!response.ok) throw failed(response, text);
        return text === "" ? null : JSON.parse(text);
    } catch (error) {
        if (error instanceof RequestFailed) throw error;
        throw new RequestFailed(0, "network", error instanceof Error ? error.message : "");
    }
}

/**
 * @param {Response} response
 * @param {string} text
 */
function failed(response, text) {
    const problem = problemOf(text);
    return new RequestFailed(response.status, problem.code ?? String(response.status),
        problem.detail ?? "", waited(response.headers.get("Retry-After")),
        (problem.errors ?? []).map((error) => error.field));
}

/**
 * @param {string} text
 * @returns {{ code?: string, detail?: string, errors?: { field: string }[] }}
 */
function problemOf(text) {
    try {
        const problem = JSON.parse(text);
        return typeof problem === "object" && problem !== null ? problem : {};
    } catch {
        return {};
    }
}

/** @param {string | null} header */
function waited(header) {
    if (header === null) return 0;
    const seconds = Number(header);
    const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
    return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}
