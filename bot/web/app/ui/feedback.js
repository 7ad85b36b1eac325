/** Sound and vibration: a person looks at the shelf, not at the screen. */

/** @typedef {"scan" | "done" | "wrong"} Cue */

/** Pitch and length in seconds. @type {Record<Cue, [number, number][]>} */
const NOTES = {
  scan: [[1320, 0.07]],
  done: [[880, 0.08], [1320, 0.12]],
  wrong: [[220, 0.18], [165, 0.28]],
};
/** @type {Record<Cue, number[]>} */
const BUZZES = { scan: [30], done: [40, 40, 40], wrong: [220, 80, 220] };

/** @type {AudioContext | null} */
let audio = null;

/** @param {Cue} cue @param {{ sound: boolean, vibration: boolean }} wanted */
export function give(cue, { sound, vibration }) {
  // Before the first touch a browser refuses to vibrate, and says so in its console.
  if (vibration && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(BUZZES[cue]);
  if (sound && navigator.userActivation?.hasBeenActive && "AudioContext" in window) play(NOTES[cue]);
}

/** @param {[number, number][]} notes */
function play(notes) {
  audio ??= new AudioContext();
  void audio.resume();
  let start = audio.currentTime;
  for (const [pitch, length] of notes) {
    const tone = new OscillatorNode(audio, { frequency: pitch, type: "square" });
    const volume = new GainNode(audio, { gain: 0.12 });
    volume.gain.setTargetAtTime(0, start + length * 0.7, 0.02);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + length + 0.05);
    start += length;
  }
}
