import { avatar } from "../avatar.js";
import { fill, h, icon } from "../dom.js";
import { channelOf, memberOf, on, open, state, topRole } from "../store.js";
import { closeDrawer, openDrawer } from "./drawers.js";
import { themeSwitch } from "./theme.js";

/** The left side: the guild, its channels, and who one is. */
export function startChannels(root, head) {
  const theme = themeSwitch();
  const list = h("div", { class: "channel-list" });
  const foot = h("footer", { class: "me" });
  const name = h("h1", { class: "guild-name" });
  fill(
    root,
    h("header", { class: "guild-head" }, h("span", { class: "guild-mark" }, icon("tally")), name),
    list,
    foot,
  );
  on(["guild"], () => fill(name, document.createTextNode(state.guild.name)));
  on(["channels", "channel"], () => drawList(list));
  on(["guild", "me", "live"], () => drawMe(foot, theme));
  on(["channels", "channel", "guild"], () => drawHead(head));
}

function drawList(list) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
  const row = (channel) =>
    h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: `channel ${channel.unread && channel.id !== state.channel ? "is-unread" : ""}`,
          data: { channel: channel.id },
          "aria-current": channel.id === state.channel ? "page" : null,
          "aria-label": describe(channel),
          on: {
            click: () => {
              open(channel.id);
              closeDrawer();
            },
          },
        },
        icon(channel.direct ? "at" : channel.locked ? "lock" : "hash"),
        h("span", { class: "channel-name" }, channel.name),
        badge(channel),
      ),
    );
  const group = (title, channels) =>
    channels.length > 0 && [h("h2", { class: "group-title" }, title), h("ul", {}, channels.map(row))];
  fill(
    list,
    group(
      "Channels",
      state.channels.filter((it) => !it.direct),
    ),
    group(
      "Direct messages",
      state.channels.filter((it) => it.direct),
    ),
  );
  if (focused) list.querySelector(`[data-channel="${focused}"]`)?.focus();
  const unread = state.channels.reduce((sum, it) => sum + it.pings, 0);
  const name = channelOf(state.channel)?.name;
  document.title = `${unread ? `(${unread}) ` : ""}${name ? `#${name} · ` : ""}${state.guild.name} · Tallyman`;
}

function badge(channel) {
  if (channel.id === state.channel) return null;
  if (channel.pings) return h("span", { class: "badge is-ping" }, String(channel.pings));
  return (
    channel.unread > 0 && h("span", { class: "badge" }, channel.unread > 99 ? "99+" : String(channel.unread))
  );
}

function describe(channel) {
  const fresh = channel.unread && channel.id !== state.channel ? `, ${channel.unread} unread` : "";
  return `${channel.direct ? "Direct message with" : "Channel"} ${channel.name}${channel.locked ? ", private" : ""}${fresh}`;
}

function drawMe(foot, theme) {
  const me = memberOf(state.me);
  if (!me) return;
  fill(
    foot,
    avatar(me),
    h(
      "span",
      { class: "me-text" },
      h("strong", {}, me.name),
      h("small", {}, state.live ? roleWords(me) : "Connecting…"),
    ),
    theme,
  );
}

/** What a member is here, in words. */
export function roleWords(member) {
  if (member.bot) return member.online ? "Online" : "Offline";
  const role = topRole(member)?.name;
  return member.owner ? "Owner" : (role ?? "No role yet");
}

function drawHead(head) {
  const channel = channelOf(state.channel);
  if (!channel) return;
  const others = state.channels.some((it) => it.unread && it.id !== state.channel);
  fill(
    head,
    h(
      "button",
      {
        type: "button",
        class: `tool drawer-left ${others ? "has-news" : ""}`,
        "aria-label": others ? "Channels, some unread" : "Channels",
        on: { click: () => openDrawer("channels") },
      },
      icon("menu"),
    ),
    icon(channel.direct ? "at" : channel.locked ? "lock" : "hash"),
    h("h2", {}, channel.name),
    channel.topic && h("p", { class: "topic" }, channel.topic),
    h(
      "button",
      {
        type: "button",
        class: "tool drawer-right",
        "aria-label": "People: act as another member",
        on: { click: () => openDrawer("people") },
      },
      icon("people"),
    ),
  );
}
