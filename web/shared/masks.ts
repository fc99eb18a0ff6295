/** How a person's particulars look until somebody needs to see them: 张**, 138****1234. The same cases hold server and phone (vectors). */
const HIDDEN = '*'
const UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]/g

function visible(text: string | null | undefined): string {
  return (text ?? '').replace(UNSEEN, '').trim()
}

/** The first character and two stars, however long the name: its length tells nearly as much as its end. */
export function maskName(name: string | null | undefined): string {
  const seen = [...visible(name)]
  if (seen.length === 0) return ''
  return seen.length === 1 ? HIDDEN.repeat(2) : seen[0] + HIDDEN.repeat(2)
}

export function maskPhone(phone: string | null | undefined): string {
  const seen = visible(phone)
  let digits = seen.replace(/\D/g, '')
  if (digits.length === 13 && digits.startsWith('86')) digits = digits.slice(2)
  if (digits.length === 11) return digits.slice(0, 3) + HIDDEN.repeat(4) + digits.slice(-4)
  return digits.length >= 6 ? tail(digits, 2) : tail(seen, 0)
}

export function maskId(number: string | null | undefined): string {
  const seen = visible(number).toUpperCase()
  return tail(seen, seen.length >= 8 ? 4 : 0)
}

function tail(text: string, shown: number): string {
  if (text === '') return ''
  return HIDDEN.repeat(4) + (shown > 0 ? text.slice(-shown) : '')
}
