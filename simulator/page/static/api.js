import { state } from "./store.js";

/** Do something as the member whom the page acts as; the answer says what came of it. */
export async function act(action, details, channel = state.channel) {
  try {
    const response = await fetch(`do/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as: state.me, channel, ...details }),
    });
    return await response.json();
  } catch {
    return { outcome: "refused", why: "The simulator does not answer. Is it still running?" };
  }
}
