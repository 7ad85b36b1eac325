import { avatar } from "../avatar.js";
import { fill, h } from "../dom.js";
import { actAs } from "../live.js";
import { on, state, topRole } from "../store.js";
import { roleWords } from "./channels.js";
import { closeDrawer } from "./drawers.js";

/** The right side: the guild's members; choosing one means acting as them. */
export function startPeople(root) {
  on(["guild", "me"], () => draw(root));
}

function draw(root) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.member : null;
  const people = state.guild.members.filter((member) => !member.bot);
  const bots = state.guild.members.filter((member) => member.bot);
  fill(
    root,
    h("h2", { class: "group-title" }, "Act as"),
    h("p", { class: "people-hint" }, "You can act as any member. Choose one."),
    h(
      "ul",
      {},
      people.map((member) => h("li", {}, person(member))),
    ),
    h("h2", { class: "group-title" }, "Applications"),
    h(
      "ul",
      {},
      bots.map((member) =>
        h(
          "li",
          { class: `person ${member.online ? "" : "is-away"}` },
          face(member),
          h("span", { class: "tag" }, "APP"),
        ),
      ),
    ),
  );
  if (focused) root.querySelector(`[data-member="${focused}"]`)?.focus();
}

function person(member) {
  const isMe = member.id === state.me;
  return h(
    "button",
    {
      type: "button",
      class: "person",
      data: { member: member.id },
      "aria-pressed": String(isMe),
      "aria-label": `Act as ${member.name}, ${roleWords(member)}`,
      on: {
        click: () => {
          actAs(member.id);
          closeDrawer();
        },
      },
    },
    face(member),
    isMe && h("span", { class: "you" }, "You"),
  );
}

function face(member) {
  const role = topRole(member);
  return [
    h("span", { class: "face" }, avatar(member), h("i", { class: `dot ${member.online ? "is-on" : ""}` })),
    h(
      "span",
      { class: "person-text" },
      h("span", { class: `author ${role && !member.bot ? `role-${role.position % 6}` : ""}` }, member.name),
      h("small", {}, roleWords(member)),
    ),
  ];
}
