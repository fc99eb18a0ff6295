import { expect, test } from 'vitest'
import { below, directlyBelow, ownCode, readList } from '@/desk/areas/divisions'

const STREETS = '\uFEFFcode,name,areaCode,provinceCode,cityCode\r\n330381007,"莘塍街道",330381,33,3303\r\n'
const VILLAGES = 'code,name,streetCode,provinceCode,cityCode,areaCode\n330381007030,"明镜社区",330381007,33,3303,330381\n330381007001,"河滨社区",330381007,33,3303,330381\n'
const list = [...readList(VILLAGES), ...readList(STREETS)]

test('a unit knows the nearest above it', () => expect(list.map((one) => one.parent)).toEqual(['330381007', '330381007', '330381']))
test('flat and nested json say the same as csv', () => {
  expect(readList('[{"code":"330381007","name":"莘塍街道","areaCode":"330381","cityCode":"3303","provinceCode":"33"}]')).toEqual(readList(STREETS))
  expect(readList('[{"code":"330381","name":"瑞安市","children":[{"code":"330381007","name":"莘塍街道"}]}]')[1]).toEqual(readList(STREETS)[0])
})
test('what is no list has no units', () => expect(['', 'a,b\n1,2', '[1', '{"x":1}', 'code,name\nx,y'].flatMap(readList)).toEqual([]))
test('a part is what lies below, upper levels first', () => {
  expect(below(list, '330381').map((one) => one.name)).toEqual(['莘塍街道', '河滨社区', '明镜社区'])
  expect(directlyBelow(list, '330381007').map((one) => one.code)).toEqual(['330381007001', '330381007030'])
})
test('a place that the list lacks gets a code that nobody issued', () => {
  expect(ownCode('330381007', [])).toBe('330381007+01')
  expect(ownCode('330381007', ['330381007+01'])).toBe('330381007+02')
  expect(ownCode('330381', [])).toHaveLength(12)
})
