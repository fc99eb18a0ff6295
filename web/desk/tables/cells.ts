/** Cells by their names, as everybody calls them who has ever used Excel. */
export function columnName(column: number): string {
  let name = ''
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  return name
}
export const cellName = (at: { row: number; column: number }) => `${columnName(at.column)}${at.row}`
