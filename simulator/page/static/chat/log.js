import { act } from "../api.js";
import { h, icon } from "../dom.js";
import { channelOf, compareIds, messagesOf, on, state } from "../store.js";
import { formatDay } from "../time.js";
import { messageView, pendingView } from "./message.js";

const GROUP_MILLISECONDS = 7 * 60 * 1000;
const NEAR_END_PIXELS = 80;

/** The messages of the open channel: drawn once each, and again only when they change. */
export class Log {
  constructor(root) {
    this.root = root;
    this.drawn = new Map();
    this.key = null;
    this.newFrom = null;
    this.jump = h(
      "button",
      { type: "button", class: "jump", hidden: true, on: { click: () => this.scrollToEnd() } },
      icon("down"),
      "New messages",
    );
    root.after(this.jump);
    on(["messages", "channel", "guild", "channels", "me", "tour"], () => this.draw());
    root.addEventListener("scroll", () => this.markRead(), { passive: true });
    // A picture has its height once it is there; `load` does not bubble.
    root.addEventListener("load", () => this.stick && this.scrollToEnd(), true);
    document.addEventListener("visibilitychange", () => this.markRead());
    new ResizeObserver(() => this.stick && this.scrollToEnd()).observe(root);
  }

  /** Bring the screen up to date; what did not change keeps its element, focus and open lists. */
  draw() {
    const channel = channelOf(state.channel);
    if (!channel) return this.root.replaceChildren();
    const key = `${state.me}/${channel.id}`;
    const isOther = key !== this.key;
    // As it was: what is above the messages may have grown since, and cut the end off.
    const wasAtEnd = isOther || this.stick;
    if (isOther) this.enter(channel, key);
    const messages = messagesOf(channel.id);
    const rows = [this.welcome(channel)];
    let before = null;
    for (const message of messages) {
      if (!before || formatDay(before.at) !== formatDay(message.at))
        rows.push(this.divider(`day-${message.id}`, formatDay(message.at)));
      if (this.isFirstNew(message, before)) rows.push(this.divider(`new-${message.id}`, "New", "is-new"));
      rows.push(this.row(message, isGrouped(message, before) && rows.at(-1).matches(".message")));
      before = message;
    }
    rows.push(
      ...state.pending.filter((it) => it.channel === channel.id && it.as === state.me).map(pendingView),
    );
    this.place(rows);
    if (wasAtEnd) this.scrollToEnd();
    this.markRead();
    return undefined;
  }

  enter(channel, key) {
    this.key = key;
    this.newFrom = channel.unread ? channel.read : null;
    this.drawn.clear();
    this.root.replaceChildren();
  }

  isFirstNew(message, before) {
    if (this.newFrom === null || message.author.id === state.me || this.newFrom === "0") return false;
    return compareIds(message.id, this.newFrom) > 0 && (!before || compareIds(before.id, this.newFrom) <= 0);
  }

  cached(key, make) {
    if (!this.drawn.has(key)) this.drawn.set(key, make());
    return this.drawn.get(key);
  }

  welcome(channel) {
    const name = channel.direct ? channel.name : `#${channel.name}`;
    return this.cached(`welcome-${name}`, () =>
      h(
        "header",
        { class: "welcome" },
        h("span", { class: "welcome-mark" }, icon(channel.direct ? "at" : channel.locked ? "lock" : "hash")),
        h("h2", {}, channel.direct ? `Messages from ${channel.name}` : `This is ${name}`),
        h(
          "p",
          {},
          channel.topic ??
            (channel.direct ? "Only the two of you can read this." : "The beginning of this channel."),
        ),
      ),
    );
  }

  divider(key, text, className = "") {
    return this.cached(key, () =>
      h("div", { class: `divider ${className}`, role: "separator", "aria-label": text }, h("span", {}, text)),
    );
  }

  row(message, grouped) {
    const isMarked = state.tour?.steps.some((step) => step.marked.includes(message.id)) ?? false;
    const parts = [
      isMarked,
      message.revision,
      message.thinking,
      grouped,
      state.busy.get(message.id),
      state.failures.get(message.id),
    ];
    const key = `message-${message.id}`;
    const version = parts.join("/");
    const old = this.drawn.get(key);
    if (old?.dataset.version === version) return old;
    const fresh = messageView(message, grouped);
    if (isMarked) {
      fresh.classList.add("is-marked");
      fresh.prepend(h("span", { class: "mark" }, "Yours"));
    }
    fresh.dataset.version = version;
    if (old) keepFocus(old, fresh);
    this.drawn.set(key, fresh);
    return fresh;
  }

  place(rows) {
    const wanted = new Set(rows);
    for (const child of [...this.root.children]) if (!wanted.has(child)) child.remove();
    rows.forEach((row, position) => {
      if (this.root.children[position] !== row)
        this.root.insertBefore(row, this.root.children[position] ?? null);
    });
    for (const [key, element] of this.drawn) if (!wanted.has(element)) this.drawn.delete(key);
    const again = this.root.querySelector("[data-refocus]");
    if (again) {
      delete again.dataset.refocus;
      again.focus({ preventScroll: true });
    }
  }

  isAtEnd() {
    return this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < NEAR_END_PIXELS;
  }

  scrollToEnd() {
    this.root.scrollTop = this.root.scrollHeight;
    this.stick = true;
    this.jump.hidden = true;
  }

  /** Report to the server how far was read, when the end is on the screen. */
  markRead() {
    this.stick = this.isAtEnd();
    const channel = channelOf(state.channel);
    if (!channel) return;
    this.jump.hidden = this.stick || !channel.unread;
    const last = messagesOf(channel.id).at(-1);
    if (
      !last ||
      !this.stick ||
      document.hidden ||
      compareIds(last.id, channel.read) <= 0 ||
      this.reported === `${this.key}/${last.id}`
    )
      return;
    this.reported = `${this.key}/${last.id}`;
    act("read", { message: last.id }, channel.id);
  }
}

function isGrouped(message, before) {
  return (
    Boolean(before) &&
    before.author.id === message.author.id &&
    !message.origin &&
    !before.private &&
    !message.private &&
    message.at - before.at < GROUP_MILLISECONDS
  );
}

/** Remember which control had the focus, so that the new element's takes it over. */
function keepFocus(old, fresh) {
  const control = old.contains(document.activeElement) && document.activeElement.dataset.control;
  if (!control) return;
  const same = [...fresh.querySelectorAll("[data-control]")].find((each) => each.dataset.control === control);
  if (same) same.dataset.refocus = "";
}
