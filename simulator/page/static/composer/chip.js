import { freshId, h, isTouched } from "../dom.js";
import { chooseFiles } from "../files.js";
import { ATTACHMENT, inputMode, read, suggest } from "./values.js";

const DEBOUNCE_MILLISECONDS = 120;
const ASK_LIMIT_MILLISECONDS = 4000;

/** One option of a command: its name and a field that knows the option's type. */
export class Chip {
  constructor(option, popup, { command, values, onPicked, onChanged }) {
    Object.assign(this, { option, popup, command, values, onPicked, onChanged });
    this.chosen = null;
    this.asked = 0;
    this.input = h("input", {
      id: freshId("option"),
      class: "chip-input",
      role: "combobox",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-label": `${option.name}: ${option.description}${option.required ? ", required" : ""}`,
      "aria-required": String(Boolean(option.required)),
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      enterkeyhint: "send",
      inputmode: inputMode(option),
      size: 2,
    });
    this.element = h(
      "label",
      { class: "chip", for: this.input.id },
      h("span", { class: "chip-name", "aria-hidden": "true" }, option.name),
      this.input,
    );
    if (option.type === ATTACHMENT) this.takeFile();
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => this.refresh());
    this.input.addEventListener("blur", () => this.left());
  }

  /** An attachment is chosen from the computer: the field shows its name. */
  takeFile() {
    this.input.readOnly = true;
    this.input.placeholder = "Choose a file";
    this.input.size = 14;
    const pick = async () => {
      const [file] = await chooseFiles({ most: 1 });
      if (file) this.choose({ text: file.name, value: file });
    };
    this.input.addEventListener("click", pick);
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== " " && !(event.key === "Enter" && !this.text)) return;
      event.preventDefault();
      event.stopPropagation();
      pick();
    });
  }

  get text() {
    return this.input.value;
  }

  read() {
    return read(this.option, this.text, this.chosen);
  }

  trouble() {
    return this.read().trouble;
  }

  focus() {
    if (document.activeElement === this.input) this.refresh();
    this.input.focus();
  }

  typed() {
    this.element.classList.remove("is-wrong");
    this.input.removeAttribute("aria-invalid");
    this.fit();
    this.onChanged();
    this.refresh(DEBOUNCE_MILLISECONDS);
  }

  fit() {
    this.input.size = Math.max(2, Math.min(this.text.length + 1, 40));
  }

  left() {
    this.asked += 1;
    if (this.popup.field === this.input) this.popup.hide();
    if (this.text && this.trouble()) this.element.classList.add("is-wrong");
  }

  /** Show the option's description and what it can be; a bot is asked after a short rest. */
  async refresh(rest = 0) {
    this.asked += 1;
    const turn = this.asked;
    const isCurrent = () => turn === this.asked && document.activeElement === this.input;
    if (this.chosen?.text === this.text && this.text) {
      this.showReady();
      return;
    }
    if (!this.option.autocomplete) {
      this.show(suggest(this.option, this.text, this.command, {}) ?? []);
      return;
    }
    this.popup.show(
      this.input,
      this.head("Loading options…"),
      this.popup.field === this.input ? this.popup.items : [],
      { active: -1 },
    );
    await new Promise((resume) => setTimeout(resume, rest));
    if (!isCurrent()) return;
    try {
      const late = new Promise((_, fail) => setTimeout(fail, ASK_LIMIT_MILLISECONDS, new Error("late")));
      const found = await Promise.race([suggest(this.option, this.text, this.command, this.values()), late]);
      if (isCurrent()) this.show(found);
    } catch {
      if (isCurrent()) this.popup.show(this.input, this.head("Loading options failed"), []);
    }
  }

  show(found) {
    const items = found.map((it) => ({ ...it, pick: () => this.choose(it) }));
    const isList = this.option.autocomplete || found.length > 0;
    this.popup.show(
      this.input,
      this.head(!isList || found.length ? "" : this.text ? "No options match" : ""),
      items,
    );
  }

  head(status) {
    const { name, description, required } = this.option;
    return [
      h("strong", {}, name),
      h("span", {}, description),
      status ? h("em", {}, status) : !required && h("em", {}, "optional"),
    ];
  }

  set(it) {
    this.chosen = it;
    this.input.value = it.text;
    this.asked += 1;
    this.element.classList.remove("is-wrong");
    this.fit();
  }

  choose(it) {
    this.set(it);
    this.onChanged();
    this.onPicked(this);
  }

  /** Say that nothing more is needed here. */
  showReady() {
    this.input.focus();
    this.asked += 1;
    this.popup.show(
      this.input,
      [
        h("strong", {}, this.option.name),
        h("span", {}, this.option.description),
        h("kbd", {}, isTouched() ? "Tap the arrow to send" : "Enter to send"),
      ],
      [],
    );
  }

  /** Close the list and keep what was typed. */
  quiet() {
    this.asked += 1;
    this.popup.show(this.input, this.head(""), []);
  }

  /** Show what is wrong, and let it be corrected. */
  complain() {
    const trouble = this.trouble();
    this.input.focus();
    this.asked += 1;
    this.element.classList.add("is-wrong");
    this.input.setAttribute("aria-invalid", "true");
    const { items } = this.popup;
    this.popup.show(
      this.input,
      [h("strong", {}, this.option.name), h("span", { class: "popup-trouble", role: "alert" }, trouble)],
      this.popup.field === this.input ? items : [],
    );
  }
}
