/** The desk's pages: where they stand, which letter opens them, who finds them useful. */
import { may } from './session'

export interface PageOfDesk {
  path: string
  /** A key of the locale file. */
  words: string
  /** Opened with Alt and this letter. Not D, E, F: browsers keep those. */
  letter?: string
  /** Shown to who holds it; of several, any of them. */
  permission: string | string[]
  load: () => Promise<unknown>
  under?: string
}

export const PAGES: PageOfDesk[] = [
  { path: '/', words: 'desk.page.overview', letter: 'O', permission: 'desk.overview', load: () => import('./overview/OverviewPage.vue') },
  { path: '/areas', words: 'desk.page.areas', letter: 'A', permission: 'territory.read', load: () => import('./areas/AreasPage.vue') },
  { path: '/areas/map', words: 'desk.page.map', under: '/areas', permission: 'territory.read', load: () => import('./areas/MapPage.vue') },
  { path: '/areas/gaps', words: 'desk.page.gaps', under: '/areas', permission: 'territory.read', load: () => import('./areas/GapsPage.vue') },
  { path: '/areas/organisations', words: 'desk.page.organisations', under: '/areas', permission: 'territory.read', load: () => import('./organisations/OrganisationsPage.vue') },
  { path: '/areas/links', words: 'desk.page.links', under: '/areas', permission: 'territory.read', load: () => import('./links/LinksPage.vue') },
  { path: '/areas/places', words: 'desk.page.places', under: '/areas', permission: 'registry.read', load: () => import('./places/PlacesPage.vue') },
  { path: '/areas/workload', words: 'desk.page.workload', under: '/areas', permission: 'desk.workload', load: () => import('./organisations/WorkloadPage.vue') },
  { path: '/residents', words: 'desk.page.residents', letter: 'R', permission: 'registry.read', load: () => import('./residents/ResidentsPage.vue') },
  { path: '/residents/households', words: 'desk.page.households', under: '/residents', permission: 'registry.read', load: () => import('./residents/HouseholdsPage.vue') },
  { path: '/residents/conflicts', words: 'desk.page.conflicts', under: '/residents', permission: 'registry.settle', load: () => import('./residents/ConflictsPage.vue') },
  { path: '/residents/offers', words: 'desk.page.offers', under: '/residents', permission: 'registry.settle', load: () => import('./residents/OffersPage.vue') },
  { path: '/residents/duplicates', words: 'desk.page.duplicates', under: '/residents', permission: 'registry.settle', load: () => import('./residents/DuplicatesPage.vue') },
  { path: '/residents/quality', words: 'desk.page.quality', under: '/residents', permission: 'registry.read', load: () => import('./residents/QualityPage.vue') },
  { path: '/residents/completeness', words: 'desk.page.completeness', under: '/residents', permission: 'registry.read', load: () => import('./residents/CompletenessPage.vue') },
  { path: '/residents/imports', words: 'desk.page.imports', under: '/residents', permission: ['registry.import', 'territory.load'], load: () => import('./residents/ImportsPage.vue') },
  { path: '/campaigns', words: 'desk.page.campaigns', letter: 'C', permission: 'campaigns.see', load: () => import('./campaigns/CampaignsPage.vue') },
  { path: '/campaigns/burden', words: 'desk.page.burden', under: '/campaigns', permission: 'campaigns.see', load: () => import('./campaigns/BurdenPage.vue') },
  { path: '/campaigns/needs', words: 'desk.page.needs', under: '/campaigns', permission: 'campaigns.follow_up', load: () => import('./campaigns/NeedsPage.vue') },
  { path: '/campaigns/checks', words: 'desk.page.checks', under: '/campaigns', permission: 'campaigns.settle_finding', load: () => import('./campaigns/ChecksPage.vue') },
  { path: '/campaigns/findings', words: 'desk.page.findings', under: '/campaigns', permission: 'screening.see_board', load: () => import('./campaigns/FindingsPage.vue') },
  { path: '/campaigns/forms', words: 'desk.page.forms', under: '/campaigns', permission: 'forms.see', load: () => import('./forms/FormsPage.vue') },
  { path: '/campaigns/lists', words: 'desk.page.lists', under: '/campaigns', permission: 'screening.enter_list', load: () => import('./campaigns/ListEntryPage.vue') },
  { path: '/gate', words: 'desk.page.gate', letter: 'G', permission: 'policies.see', load: () => import('./gate/PoliciesPage.vue') },
  { path: '/gate/gates', words: 'desk.page.gates', under: '/gate', permission: 'checkpoints.see', load: () => import('./gates/GatesPage.vue') },
  { path: '/gate/venues', words: 'desk.page.venues', under: '/gate', permission: 'venues.see', load: () => import('./venues/VenuesPage.vue') },
  { path: '/gate/orders', words: 'desk.page.orders', under: '/gate', permission: 'codes.see', load: () => import('./gate/OrdersPage.vue') },
  { path: '/gate/credentials', words: 'desk.page.credentials', under: '/gate', permission: 'codes.issue_credential', load: () => import('./gate/CredentialsPage.vue') },
  { path: '/gate/duty', words: 'desk.page.duty', under: '/gate', permission: 'duty.see', load: () => import('./gate/DutyPage.vue') },
  { path: '/reports', words: 'desk.page.reports', letter: 'T', permission: 'reports.see', load: () => import('./reports/ReportsPage.vue') },
  { path: '/reports/tables', words: 'desk.page.tables', under: '/reports', permission: 'upper_level_forms.see', load: () => import('./tables/TablesPage.vue') },
  { path: '/incidents', words: 'desk.page.incidents', letter: 'I', permission: 'posture.see', load: () => import('./incidents/IncidentsPage.vue') },
  { path: '/incidents/board', words: 'desk.page.board', under: '/incidents', permission: 'screening.see_board', load: () => import('./incidents/BoardPage.vue') },
  { path: '/system/accounts', words: 'desk.page.accounts', under: '/system', permission: 'access.see_accounts', load: () => import('./system/AccountsPage.vue') },
  { path: '/system/devices', words: 'desk.page.devices', under: '/system', permission: 'access.see_devices', load: () => import('./system/DevicesPage.vue') },
  { path: '/system/held', words: 'desk.page.held', under: '/system', permission: 'desk.settle_held', load: () => import('./system/HeldPage.vue') },
  { path: '/system/keys', words: 'desk.page.keys', under: '/system', permission: 'codes.keep_keys', load: () => import('./gate/KeysPage.vue') },
  { path: '/system/audit', words: 'desk.page.audit', under: '/system', permission: 'access.see_audit', load: () => import('./system/AuditPage.vue') },
  { path: '/system/looks', words: 'desk.page.looks', under: '/system', permission: 'access.see_audit', load: () => import('./system/LooksPage.vue') },
]

/** 系统 has no page of its own: it opens the first one that this person may use. */
export const SYSTEM = { path: '/system', words: 'desk.page.system', letter: 'Y' }

export const mayOpen = (page: PageOfDesk) => may(...[page.permission].flat())
/** Where somebody begins: at the overview; administrators, who have none, at what they administer. */
export function firstPage(): string | undefined {
  const mine = PAGES.filter(mayOpen)
  return (mine.find((page) => page.path === '/') ?? mine.find((page) => page.under === SYSTEM.path) ?? mine[0])?.path
}
export const pagesUnder = (path: string) => PAGES.filter((page) => (page.under === path || (page.path === path && PAGES.some((p) => p.under === path))) && mayOpen(page))
