/** What is typed from a sheet of paper: which of the three it is stands in its first four words, the secret after them. */
export const OPENING = 4

/** The words as typed, however they are parted; full-width letters and capitals make no difference. */
export const firstWords = (typed: string): string[] => typed.normalize('NFKC').toLowerCase().match(/[a-z]+/g) ?? []
