/** The names of the fields that still have to be filled, in the order of the form. */
export function missingOf(fields: readonly (readonly [words: string, filled: unknown])[]): string[] {
  return fields.filter(([, filled]) => !filled).map(([words]) => words)
}
