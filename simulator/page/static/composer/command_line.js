import { fill, h, icon, isTouched } from "../dom.js";
import { Chip } from "./chip.js";

/** A chosen command with its options as chips: required ones first, the others to be added. */
export class CommandLine {
  constructor(command, popup, { onSend, onCancel }) {
    this.command = command;
    this.popup = popup;
    this.onSend = onSend;
    this.onCancel = onCancel;
    this.chips = command.options.filter((option) => option.required).map((option) => this.chip(option));
    this.send = h(
      "button",
      {
        type: "button",
        class: "tool is-send",
        "aria-label": "Send command",
        on: { click: () => this.submit() },
      },
      icon("send"),
    );
    this.line = h("div", { class: "command-line" });
    this.element = h(
      "div",
      { class: "composer-bar is-command", role: "group", "aria-label": `Command /${command.words}` },
      h(
        "button",
        {
          type: "button",
          class: "tool",
          "aria-label": "Cancel the command",
          on: { click: () => this.onCancel("") },
        },
        icon("close"),
      ),
      this.line,
      this.send,
    );
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.draw();
  }

  chip(option) {
    return new Chip(option, this.popup, {
      command: this.command,
      values: () => this.values(),
      onPicked: (chip) => this.goOn(chip),
      onChanged: () => this.drawSend(),
    });
  }

  draw() {
    const taken = new Set(this.chips.map((chip) => chip.option.name));
    const left = this.command.options.filter((option) => !taken.has(option.name));
    fill(
      this.line,
      h("span", { class: "command-name" }, `/${this.command.words}`),
      this.chips.map((chip) => chip.element),
      left.map((option) =>
        h(
          "button",
          {
            type: "button",
            class: "chip-more",
            title: option.description,
            "aria-label": `Add option ${option.name}: ${option.description}`,
            on: { click: () => this.add(option) },
          },
          icon("plus"),
          option.name,
        ),
      ),
    );
    this.drawSend();
  }

  drawSend() {
    this.send.classList.toggle(
      "is-ready",
      this.chips.every((chip) => !chip.trouble()),
    );
  }

  focus() {
    const first = this.chips.find((chip) => !chip.text) ?? this.chips.at(-1);
    if (first) {
      first.focus();
      return;
    }
    this.send.focus();
    this.popup.show(
      this.send,
      [
        h("strong", {}, `/${this.command.words}`),
        h("span", {}, this.command.description),
        h("kbd", {}, isTouched() ? "Tap the arrow to send" : "Enter to send"),
      ],
      [],
    );
  }

  add(option) {
    const chip = this.chip(option);
    this.chips.push(chip);
    this.draw();
    chip.focus();
  }

  /** Take these values as if they had been chosen. */
  fillIn(values) {
    for (const [name, value] of Object.entries(values)) {
      const option = this.command.options.find((each) => each.name === name);
      let chip = this.chips.find((each) => each.option === option);
      if (!chip) {
        chip = this.chip(option);
        this.chips.push(chip);
      }
      // A file that is provided: its name is shown, its bytes are sent.
      chip.set({ text: value.name ?? String(value), value });
    }
    this.draw();
    this.chips.at(-1)?.showReady();
  }

  remove(chip) {
    const position = this.chips.indexOf(chip);
    this.chips.splice(position, 1);
    this.draw();
    (this.chips[position - 1] ?? this.chips[0] ?? this.send).focus?.();
  }

  /** After a choice: to the next chip that still wants something, or stay and offer to send. */
  goOn(chip) {
    const next = this.chips.find((each) => each.option.required && each.trouble());
    if (next && next !== chip) next.focus();
    else chip.showReady();
  }

  values() {
    const values = {};
    for (const chip of this.chips) {
      const { value } = chip.read();
      if (value !== undefined) values[chip.option.name] = value;
    }
    return values;
  }

  submit() {
    const wrong = this.chips.find((chip) => chip.trouble());
    if (wrong) {
      wrong.complain();
      return;
    }
    this.onSend(this.command, this.values());
  }

  onKey(event) {
    const chip = this.chips.find((each) => each.input === event.target);
    if (event.key === "Escape") {
      event.preventDefault();
      if (chip && this.popup.items.length) chip.quiet();
      else this.onCancel("");
    } else if (chip && !event.isComposing) {
      this.onChipKey(event, chip);
    }
  }

  onChipKey(event, chip) {
    const { input } = chip;
    const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
    const atEnd = input.selectionStart === input.value.length;
    const neighbour = (step) => this.chips[this.chips.indexOf(chip) + step];
    if (event.key === "Enter") {
      event.preventDefault();
      if (!this.popup.pick()) this.submit();
    } else if (event.key === "Tab" && !event.shiftKey && this.popup.active >= 0) {
      event.preventDefault();
      this.popup.pick();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.popup.move(event.key === "ArrowDown" ? 1 : -1)) chip.refresh();
    } else if (event.key === "ArrowLeft" && atStart && neighbour(-1)) {
      event.preventDefault();
      neighbour(-1).focus();
    } else if (event.key === "ArrowRight" && atEnd && neighbour(1)) {
      event.preventDefault();
      neighbour(1).focus();
    } else if (event.key === "Backspace" && !input.value) {
      event.preventDefault();
      if (!chip.option.required) this.remove(chip);
      else if (neighbour(-1)) neighbour(-1).focus();
      else this.onCancel(`/${this.command.words}`);
    }
  }
}
