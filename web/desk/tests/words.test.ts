/** Words that are asked for by a code of the server: each code that can come has one. */
import { expect, test } from 'vitest'
import zh from '@/desk/locale/zh-Hans.json'
import { EDITED, RELATIONS, RESIDENCE_KINDS, SEXES } from '@/desk/residents/particulars'
import { REASONS, SURE } from '@/desk/residents/pairs'
import { STEPS } from '@/desk/residents/imports'
import { ROLES } from '@/desk/system/roles'
import { PAGES } from '@/desk/pages'
import { formTemplate } from '@/desk/forms/template'

const known = new Set(Object.keys(zh))
const GROUPS: Record<string, readonly string[]> = {
  role: ROLES, relation: RELATIONS, residence_kind: RESIDENCE_KINDS, sex: SEXES,
  area_kind: ['division', 'subdistrict', 'sector', 'community', 'village', 'estate', 'grid', 'building', 'entrance'],
  organisation_kind: ['department', 'institution', 'company', 'team', 'committee', 'party_organisation', 'property_company', 'owners_committee'], duty: ['grid', 'post', 'contact', 'stewardship'],
  outcome: ['untouched', 'done', 'nobody_home', 'refused', 'elsewhere', 'moved_away', 'vacant'],
  campaign_state: ['planned', 'running', 'over', 'closed'], incident_state: ['planned', 'open', 'ended', 'closed'],
  import_state: ['reading', 'ready', 'publishing', 'undoing', 'published', 'undone', 'failed', 'dropped'],
  purpose: ['register_upkeep', 'incident_response', 'care', 'audit', 'operations'], looked: ['listed', 'downloaded', 'revealed', 'exported'],
  held: ['parent_missing', 'unknown_reference', 'out_of_scope', 'projection_failed', 'same_id_other_content', 'device_revoked', 'newer_kind'].flatMap((why) => [`ledger.${why}`, `todo.ledger.${why}`]),
  'remainder.count': ['untouched', 'appointment', 'nobody_home', 'refused', 'elsewhere'], 'imports.step': STEPS, job: ['waiting', 'running', 'done', 'failed'],
  same: REASONS, sure: SURE,
  document_kind: ['identity_card', 'residence_permit', 'hk_macau_permit', 'taiwan_permit', 'foreigner_permit', 'passport', 'other', 'none'],
  report_state: ['draft', 'signed', 'issued', 'superseded'], report_audience: ['desk', 'shared'],
  roll_why: ['said', 'not_said', 'unmet', 'unknown'],
  question_type: ['yes_no', 'choice', 'integer', 'text'], question_per: ['household', 'person'],
}

test.each(Object.entries(GROUPS))('every %s has a word', (group, codes) => {
  expect(codes.map((code) => `${group}.${code}`).filter((key) => !known.has(key))).toEqual([])
})

test('every page and every particular is named', () => {
  expect([...PAGES.map((page) => page.words), ...EDITED.map((one) => one.words)].filter((key) => !known.has(key))).toEqual([])
})

test('a parent page has a name for its tab', () => {
  const parents = PAGES.filter((page) => PAGES.some((other) => other.under === page.path))
  expect(parents.map((page) => page.words.replace('desk.page.', 'desk.tab.')).filter((key) => !known.has(key))).toEqual([])
})

test('the template of a form has a heading for each cell of its examples', () => {
  const words = zh as Record<string, string>
  const lines = formTemplate((key) => words[key] ?? key).trim().split('\r\n')
  expect(lines.map((line) => line.split(',').length)).toEqual([9, 9, 9, 9])
  expect(lines.slice(1).every((line) => line.startsWith('示例'))).toBe(true)
})
