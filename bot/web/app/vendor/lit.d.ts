export * from "lit";
export * from "lit/directives/class-map.js";
export * from "lit/directives/if-defined.js";
export * from "lit/directives/live.js";
export * from "lit/directives/ref.js";
export * from "lit/directives/repeat.js";
