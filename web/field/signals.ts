/** What a verdict sounds and feels like: told apart without looking, in gloves, in the rain. */
import type { GateVerdict } from '@/shared/gates'

/** Tones in hertz, each as long as its pulse; pulses in milliseconds. */
const SIGNALS: Record<GateVerdict, { tones: number[]; pulses: number[] }> = {
  pass: { tones: [1175], pulses: [120] },
  by_hand: { tones: [659, 659], pulses: [90, 70, 90] },
  test_first: { tones: [784, 587], pulses: [160, 80, 160] },
  turned_back: { tones: [587, 440], pulses: [260, 90, 260] },
  quarantine_path: { tones: [440, 440, 440], pulses: [260, 90, 260, 90, 260] },
}

let audio: AudioContext | undefined

export function signal(verdict: GateVerdict): void {
  const { tones, pulses } = SIGNALS[verdict]
  navigator.vibrate?.(pulses)
  try {
    audio ??= new AudioContext()
    let at = audio.currentTime
    tones.forEach((hertz, n) => {
      const [length, pause] = [pulses[n * 2]! / 1000, (pulses[n * 2 + 1] ?? 0) / 1000]
      tone(audio!, hertz, at, length)
      at += length + pause
    })
  } catch {
    // no sound on this phone: colour, shape, word and vibration say the same
  }
}

function tone(context: AudioContext, hertz: number, at: number, length: number): void {
  const [source, gain] = [context.createOscillator(), context.createGain()]
  source.frequency.value = hertz
  gain.gain.setValueAtTime(0.25, at)
  gain.gain.setTargetAtTime(0, at + length - 0.02, 0.01)
  source.connect(gain).connect(context.destination)
  source.start(at)
  source.stop(at + length + 0.05)
}
