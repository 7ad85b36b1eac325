import { act } from "../api.js";
import { avatar } from "../avatar.js";
import { h, icon } from "../dom.js";
import { markdown } from "../markdown/render.js";
import { changed, memberOf, state, topRole } from "../store.js";
import { formatMoment, formatSent } from "../time.js";
import { components } from "./components.js";
import { embed } from "./embed.js";
import { fileCard, gallery, picture } from "./media.js";

const TOKEN_LIVES_MILLISECONDS = 15 * 60 * 1000;
export const NO_RESPONSE = "The application did not respond";

/** A message; one of a group follows its author's last one and has no head of its own. */
export function messageView(it, isGrouped) {
  const sent = formatSent(it.at);
  const classes = [
    "message",
    isGrouped && "is-grouped",
    it.private && "is-private",
    it.pinging && "is-pinging",
  ];
  return h(
    "article",
    {
      class: classes.filter(Boolean).join(" "),
      id: `message-${it.id}`,
      "aria-label": `${it.author.name}, ${sent}`,
    },
    it.origin && originLine(it.origin),
    isGrouped
      ? h("span", { class: "message-time", "aria-hidden": "true" }, formatMoment(it.at, "t"))
      : avatar(it.author),
    h(
      "div",
      { class: "message-body" },
      !isGrouped && head(it.author, sent, it.at),
      it.thinking ? thinking(it) : content(it),
      it.private && privateLine(() => act("dismiss", { message: it.id }, it.channel)),
    ),
  );
}

function head(author, sent, at) {
  const role = topRole(memberOf(author.id));
  return h(
    "p",
    { class: "message-head" },
    h("span", { class: `author ${role && !author.bot ? `role-${role.position % 6}` : ""}` }, author.name),
    author.bot && h("span", { class: "tag" }, "APP"),
    h("time", { title: formatMoment(at, "F") }, sent),
  );
}

function originLine({ user, command }) {
  return h(
    "p",
    { class: "origin" },
    avatar(user, "is-tiny"),
    h("span", { class: "author" }, user.name),
    " used ",
    h("span", { class: "mention" }, `/${command}`),
  );
}

function content(it) {
  const failure = state.failures.get(it.id);
  return [
    it.content &&
      h(
        "div",
        { class: "prose" },
        markdown(it.content),
        it.edited && h("small", { class: "edited" }, " (edited)"),
      ),
    it.embeds.map((each) => embed(each, it)),
    attachments(it),
    components(it),
    failure && h("p", { class: "failure", role: "alert" }, icon("warn"), failure),
  ];
}

function thinking(it) {
  if (Date.now() - it.at > TOKEN_LIVES_MILLISECONDS)
    return h("p", { class: "failure" }, icon("warn"), NO_RESPONSE);
  return h("p", { class: "thinking" }, dots(), `${it.author.name} is thinking…`);
}

function dots() {
  return h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}

/** Files that neither an embed nor a layout shows; a layout shows all that it wants shown. */
function attachments(it) {
  if (it.layout) return null;
  const named = new Set(it.embeds.flatMap((each) => [each.image?.url, each.thumbnail?.url]));
  const left = it.files.filter((file) => !named.has(`attachment://${file.name}`));
  const pictures = left.filter((file) => file.picture);
  return [
    pictures.length > 0 && gallery(pictures.map((file) => picture(file))),
    left.filter((file) => !file.picture).map(fileCard),
  ];
}

function privateLine(onDismiss) {
  return h(
    "p",
    { class: "private-line" },
    icon("eye"),
    "Only you can see this · ",
    h("button", { type: "button", class: "text-button", on: { click: onDismiss } }, "Dismiss message"),
  );
}

/** A command on its way, or one without an answer; only this tab knows of it. */
export function pendingView(it) {
  const bot = state.guild.members.find((member) => member.bot);
  const user = memberOf(state.me);
  const dismiss = () => {
    state.pending = state.pending.filter((each) => each !== it);
    changed("messages");
  };
  return h(
    "article",
    { class: `message is-private ${it.failure ? "" : "is-waiting"}`, "aria-label": bot.name },
    originLine({ user, command: it.command }),
    avatar(bot),
    h(
      "div",
      { class: "message-body" },
      head(bot, formatSent(it.at), it.at),
      it.failure
        ? h("p", { class: "failure", role: "alert" }, icon("warn"), it.failure)
        : h("p", { class: "thinking" }, dots(), "Sending command…"),
      it.failure && privateLine(dismiss),
    ),
  );
}
