/** Identity numbers: the check digit decides (GB 11643-1999, ISO 7064 MOD 11-2); the same cases hold server and phone (vectors). */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const SIGNS = '10X98765432'

/** Half-width capitals without spaces and dashes; x is X. */
export function usualNumber(text: string): string {
  return text.normalize('NFKC').replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\s-]/g, '').toUpperCase()
}

export function checkSign(seventeen: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(seventeen[i]), 0)
  return SIGNS[sum % 11]!
}

/** What makes it unusable, as the code the server would give; null when nothing does. */
export function wrongWithId(text: string): 'registry.id_number_length' | 'registry.id_number_check_digit' | null {
  const number = usualNumber(text)
  if (/^\d{15}$/.test(number)) return null // from before 1999: carries no check digit
  if (!/^\d{17}[\dX]$/.test(number)) return 'registry.id_number_length'
  return checkSign(number.slice(0, 17)) === number[17] ? null : 'registry.id_number_check_digit'
}
