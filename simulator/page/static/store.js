/** What the page knows: the server's view of one member, and what this tab adds to it. */
export const state = {
  me: null,
  guild: { name: "", roles: [], members: [] },
  channels: [],
  commands: [],
  tour: null,
  /** A command to be filled in. */
  wanted: null,
  messages: new Map(),
  channel: null,
  live: false,
  /** Commands on their way or lost, by channel: only this tab shows them. */
  pending: [],
  /** Messages with a control that was pressed and not yet acknowledged: id -> custom id. */
  busy: new Map(),
  /** Messages whose last press failed: id -> what to say. */
  failures: new Map(),
};

const listeners = new Map();
let waiting = null;

/** Call a listener after any of these topics changed, at most once per frame. */
export function on(topics, listener) {
  for (const topic of topics) listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

/** Say that topics changed. */
export function changed(...topics) {
  if (waiting === null) {
    waiting = new Set();
    queueMicrotask(() => {
      const due = new Set([...waiting].flatMap((topic) => listeners.get(topic) ?? []));
      waiting = null;
      for (const listener of due) listener();
    });
  }
  for (const topic of topics) waiting.add(topic);
}

/** Take a frame from the server; the first one of a connection replaces everything. */
export function receive(frame) {
  if (frame.me) state.messages = new Map();
  for (const part of ["me", "guild", "channels", "commands", "tour"]) {
    if (part in frame) {
      state[part] = frame[part];
      changed(part);
    }
  }
  for (const message of frame.messages ?? []) {
    if (!state.messages.has(message.channel)) state.messages.set(message.channel, new Map());
    state.messages.get(message.channel).set(message.id, message);
    state.failures.delete(message.id);
  }
  for (const id of frame.gone ?? []) {
    for (const channel of state.messages.values()) channel.delete(id);
  }
  if (frame.messages || frame.gone || frame.me) changed("messages");
  if (!state.channels.some((channel) => channel.id === state.channel)) {
    open(state.channels[0]?.id ?? null);
  }
}

/** Show a channel. */
export function open(channel) {
  state.channel = channel;
  remember("channel", channel ?? "");
  changed("channel");
}

/** The messages of a channel, oldest first; ids grow with time. */
export function messagesOf(channel) {
  const all = [...(state.messages.get(channel)?.values() ?? [])];
  return all.sort((a, b) => compareIds(a.id, b.id));
}

/** Order ids, which are too long for numbers. */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

export const memberOf = (id) => state.guild.members.find((member) => member.id === id);
export const roleOf = (id) => state.guild.roles.find((role) => role.id === id);
export const channelOf = (id) => state.channels.find((channel) => channel.id === id);

/** A member's highest role, which gives their name its colour. */
export function topRole(member) {
  const held = (member?.roles ?? []).map(roleOf).filter(Boolean);
  return held.sort((a, b) => b.position - a.position)[0];
}

/** Ask the composer to fill in a command, which the visitor then sends. */
export function prefill(wanted) {
  state.wanted = wanted;
  changed("wanted");
}

/** Keep something for this run of the demo: its address is another one each time. */
export function keep(name, value) {
  try {
    localStorage.setItem(`${location.pathname}${name}`, value);
  } catch {
    remember(name, value);
  }
}

/** What was kept for this run. */
export function kept(name) {
  try {
    return localStorage.getItem(`${location.pathname}${name}`);
  } catch {
    return recall(name);
  }
}

/** Keep something for this tab, so that a reload shows the same; private windows may refuse. */
export function remember(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    /* then a reload starts over */
  }
}

/** What this tab kept. */
export function recall(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}
