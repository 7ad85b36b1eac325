import { act } from "../api.js";
import { fill, h, icon, isTouched } from "../dom.js";
import { NO_RESPONSE } from "../chat/message.js";
import { openForm } from "../chat/form.js";
import { toast } from "../shell/toast.js";
import { changed, channelOf, memberOf, on, state } from "../store.js";
import { CommandLine } from "./command_line.js";
import { findCommands, typedOut } from "./commands.js";
import { Popup } from "./popup.js";

const LONGEST = 2000;
const MOST_LINES_PIXELS = 180;

/** Where one writes: plain text, or a command once it begins with a slash. */
export class Composer {
  constructor(root) {
    this.popup = new Popup();
    this.area = h("textarea", {
      class: "composer-text",
      rows: 1,
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      autocomplete: "off",
      enterkeyhint: "send",
      on: {
        input: () => this.typed(),
        keydown: (event) => this.onKey(event),
        blur: () => this.popup.hide(),
        focus: () => this.suggest(),
      },
    });
    this.send = h(
      "button",
      {
        type: "button",
        class: "tool is-send",
        "aria-label": "Send message",
        on: { click: () => this.submit() },
      },
      icon("send"),
    );
    this.bar = h(
      "div",
      { class: "composer-bar" },
      h(
        "button",
        {
          type: "button",
          class: "tool is-slash",
          "aria-label": "Choose a command",
          title: "Commands",
          on: { click: () => this.startCommand() },
        },
        icon("slash"),
      ),
      this.area,
      this.send,
    );
    this.slot = h("div", { class: "composer-slot" }, this.bar);
    fill(root, this.popup.element, this.slot);
    on(["channel", "me", "guild", "channels"], () => this.describe());
    on(["me"], () => this.cancel("", { focus: false }));
    on(["wanted"], () => this.fillIn());
  }

  describe() {
    const channel = channelOf(state.channel);
    const who = memberOf(state.me)?.name ?? "";
    if (!channel) return;
    const where = channel.direct ? channel.name : `#${channel.name}`;
    this.area.placeholder = channel.writable ? `Message ${where} as ${who}` : `${who} may not write here`;
    this.area.setAttribute("aria-label", `Message ${where} as ${who}; begin with / for a command`);
    this.area.disabled = !channel.writable;
  }

  focus() {
    if (!this.line) this.area.focus();
  }

  startCommand() {
    this.area.value = "/";
    this.area.focus();
    this.typed();
  }

  typed() {
    this.area.style.setProperty("height", "auto");
    this.area.style.setProperty("height", `${Math.min(this.area.scrollHeight, MOST_LINES_PIXELS)}px`);
    const text = this.area.value.trim();
    this.send.classList.toggle("is-ready", text.length > 0 && !text.startsWith("/"));
    const command = this.area.value.startsWith("/") && typedOut(this.area.value.slice(1));
    if (command) this.choose(command);
    else this.suggest();
  }

  suggest() {
    const text = this.area.value;
    if (!text.startsWith("/") || text.includes("\n") || channelOf(state.channel)?.direct) {
      this.popup.hide();
      return;
    }
    const found = findCommands(text.slice(1));
    const head = found.length
      ? [h("strong", {}, "Commands"), !isTouched() && h("span", {}, "↑ ↓ to look, Tab or Enter to choose")]
      : [
          h(
            "span",
            {},
            state.commands.length
              ? "No command matches"
              : "There are no commands yet: the bot has not connected",
          ),
        ];
    this.popup.show(
      this.area,
      head,
      found.map((command) => ({
        text: `/${command.words}`,
        note: command.description,
        pick: () => this.choose(command),
      })),
    );
  }

  onKey(event) {
    if (event.isComposing) return;
    const isListing = this.popup.isOpen;
    if (isListing && (event.key === "ArrowDown" || event.key === "ArrowUp"))
      this.popup.move(event.key === "ArrowDown" ? 1 : -1);
    else if (isListing && event.key === "Escape") this.popup.hide();
    else if (isListing && event.key === "Tab" && !event.shiftKey && this.popup.active >= 0) this.popup.pick();
    else if (event.key === "Enter" && !event.shiftKey) {
      if (!this.popup.pick()) this.submit();
    } else return;
    event.preventDefault();
  }

  choose(command) {
    this.popup.hide();
    this.area.value = "";
    this.line = new CommandLine(command, this.popup, {
      onSend: (it, values) => this.run(it, values),
      onCancel: (text) => this.cancel(text),
    });
    fill(this.slot, this.line.element);
    this.line.focus();
  }

  /** Fill a command in as far as it was wanted; sending it is left to the visitor. */
  fillIn() {
    const { wanted } = state;
    state.wanted = null;
    const command = wanted && findCommands(wanted.command).find((it) => it.words === wanted.command);
    if (!command) return;
    this.choose(command);
    this.line.fillIn(wanted.values);
  }

  /** Leave the command and go back to plain text. */
  cancel(text, { focus = true } = {}) {
    if (!this.line && !text) return;
    this.line = null;
    this.popup.hide();
    this.area.value = text;
    fill(this.slot, this.bar);
    if (focus) this.area.focus();
    this.typed();
  }

  async submit() {
    const text = this.area.value.trim();
    if (!text) return;
    if (text.startsWith("/")) {
      toast("No command of this name is offered here.");
      return;
    }
    if (text.length > LONGEST) {
      toast(`A message has at most ${LONGEST} characters; this one has ${text.length}.`);
      return;
    }
    this.area.value = "";
    this.typed();
    const answer = await act("say", { text });
    if (answer.outcome !== "taken") {
      this.area.value = text;
      this.typed();
      toast(answer.why);
    }
  }

  async run(command, values) {
    const pending = {
      channel: state.channel,
      as: state.me,
      command: command.words,
      at: Date.now(),
      failure: null,
    };
    this.cancel("");
    this.area.focus();
    state.pending.push(pending);
    changed("messages");
    const answer = await act("slash", { command: command.words, values }, pending.channel);
    if (answer.outcome === "failed") pending.failure = NO_RESPONSE;
    else if (answer.outcome === "refused") pending.failure = answer.why;
    else state.pending = state.pending.filter((it) => it !== pending);
    changed("messages");
    if (answer.outcome === "form") openForm(answer.form);
  }
}
