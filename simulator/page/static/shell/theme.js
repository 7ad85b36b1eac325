import { h, icon } from "../dom.js";

const KEY = "theme";
const ORDER = ["auto", "light", "dark"];
const LOOKS = { auto: ["contrast", "as the system"], light: ["sun", "light"], dark: ["moon", "dark"] };
let theme = read();

function read() {
  try {
    const kept = localStorage.getItem(KEY);
    return ORDER.includes(kept) ? kept : "auto";
  } catch {
    return "auto";
  }
}

function apply() {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** The button that goes through the system's, the light and the dark look. */
export function themeSwitch() {
  const button = h("button", { type: "button", class: "tool" });
  const draw = () => {
    const [shape, words] = LOOKS[theme];
    button.replaceChildren(icon(shape));
    button.setAttribute("aria-label", `Colours: ${words}. Change`);
    button.title = `Colours: ${words}`;
  };
  button.addEventListener("click", () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      /* then it lasts as long as the page */
    }
    apply();
    draw();
  });
  draw();
  return button;
}

apply();
