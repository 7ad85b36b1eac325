const NARROW = matchMedia("(max-width: 700px)");
const MEDIUM = matchMedia("(max-width: 1040px)");
let opened = null;
let opener = null;

const panels = () => ({
  channels: document.getElementById("channels"),
  people: document.getElementById("people"),
});
const isDrawer = (name) => (name === "channels" ? NARROW.matches : MEDIUM.matches);

/** Slide a side panel in where the screen is too narrow to show it always. */
export function openDrawer(name) {
  if (!isDrawer(name)) return;
  opener = document.activeElement;
  opened = name;
  settle();
  panels()[name].querySelector("button")?.focus();
}

/** Slide it out again and give the focus back. */
export function closeDrawer() {
  if (!opened) return;
  opened = null;
  settle();
  opener?.focus();
}

/** Closed drawers take no focus and are not read out. */
function settle() {
  for (const [name, panel] of Object.entries(panels())) {
    if (opened === name && !isDrawer(name)) opened = null;
    panel.classList.toggle("is-open", opened === name);
    panel.inert = isDrawer(name) && opened !== name;
  }
  document.getElementById("scrim").hidden = !opened;
  document.querySelector("main").inert = opened !== null;
}

/** Wire the scrim, Escape and the window's width. */
export function startDrawers() {
  document.getElementById("scrim").addEventListener("click", closeDrawer);
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeDrawer());
  for (const query of [NARROW, MEDIUM]) query.addEventListener("change", settle);
  settle();
}
