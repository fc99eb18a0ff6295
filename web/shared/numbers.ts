/** Numbers as people here read them: 135,005 and 87.6 %, a percentage always with its denominator within reach. */
const THOUSANDS = new Intl.NumberFormat('en-US')

export function thousands(n: number): string {
  return THOUSANDS.format(n)
}

/** 87.6 %; a dash where there is nothing to divide by. Never rounds up to 100 while something is missing. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '—'
  const tenths = part >= whole ? 1000 : Math.min(999, Math.round((part / whole) * 1000))
  return `${(tenths / 10).toFixed(1)} %`
}

/** 640 kB, 1.4 MB, 10.7 GB */
export function bytes(n: number): string {
  if (n >= 1_000_000_000) return `${(n / 1_000_000_000).toFixed(1)} GB`
  return n < 1_000_000 ? `${Math.max(1, Math.round(n / 1000))} kB` : `${(n / 1_000_000).toFixed(1)} MB`
}
