// A short sound, made by the browser: nothing is fetched. A browser that plays nothing before the visitor has touched the page stays silent.

/** Two tones, one after the other: their pitch in hertz, and when they begin, in seconds. */
const TONES = [[660, 0], [880, 0.11]];

export const chime = () => {
  try {
    const audio = new AudioContext();
    for (const [pitch, at] of TONES) {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      const start = audio.currentTime + at;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.06, start + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.32);
    }
    setTimeout(() => audio.close(), 1000);
  } catch {
    // No sound here.
  }
};
