/** Minutes as people say them: 4, 12.5. */
export const minutes = (n: number): string => n.toLocaleString('en-US', { maximumFractionDigits: 1 })
