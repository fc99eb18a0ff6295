/** What every page sees of the phone: reactive, read from the database, never a second truth. */
import { computed, inject, reactive, ref, shallowRef, type App, type InjectionKey } from 'vue'
import type { FeedCampaign, FeedFinding, FeedGrid, FeedTask, Uuid } from '@/api/types'
import type { Phone } from '@/outbox/phone'
import { counts } from '@/outbox/records'
import type { Pulled } from '@/outbox/slice'
import type { Appointment, Mark } from '@/outbox/store'
import { keepSyncing, type Outcome, type Round } from '@/outbox/sync'
import { localDay } from '@/shared/moments'
import { nextOccasion } from '@/shared/occasions'
import { useLive } from './phone'
import { buildingsAsDoors, isOfHomes, placesAsDoors } from './premises'
import { doorsOf, givenOf, onDay, progress } from './work'

const CAMPAIGN_KEY = 'lianfang.campaign'
const GRID_KEY = 'lianfang.grid'

export type Store = ReturnType<typeof makeStore>
const KEY: InjectionKey<Store> = Symbol('store')

export function useStore(): Store {
  const store = inject(KEY)
  if (!store) throw new Error('no store was given')
  return store
}

export function provideStore(app: App, store: Store): void {
  app.provide(KEY, store)
}

function groupBy<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row])
  return groups
}

export function makeStore(phone: Phone) {
  const { db } = phone
  const session = useLive(async () => (await db.note('session')) ?? null)
  const ready = computed(() => session.value !== undefined)
  const scope = useLive(() => db.note('scope'))
  const gates = useLive(async () => (await db.note('gates')) ?? null)
  const boxes = useLive(() => counts(phone))
  const comparison = useLive(() => db.note('comparison'))
  const lastSync = useLive(() => db.note('last_sync'))
  const farewell = useLive(() => db.note('farewell'))
  const namesHere = useLive(async () => (await db.people.limit(1).count()) > 0)
  const households = useLive(() => db.households.toArray())
  const places = useLive(() => db.places.toArray())
  const tasks = useLive(async () => new Map((await db.tasks.toArray()).map((task): [string, FeedTask] => [task.key, task])))
  const marks = useLive(async () => groupBy<Mark>(await db.marks.toArray(), (mark) => mark.task))
  const appointments = useLive(async () => new Map((await db.appointments.toArray()).map((one): [string, Appointment] => [one.task, one])))

  const now = ref(phone.now())
  setInterval(() => (now.value = phone.now()), 20_000)

  const reach = reactive({ online: navigator.onLine, syncing: false, pulled: null as Pulled | null })
  addEventListener('online', () => (reach.online = true))
  addEventListener('offline', () => (reach.online = false))

  const chosenCampaign = ref(localStorage.getItem(CAMPAIGN_KEY))
  const chosenGrid = ref(localStorage.getItem(GRID_KEY))
  // The server's time, carried on by this phone's clock: a clock that is years off must not hide the work.
  const serverNow = computed(() => (scope.value ? Date.parse(scope.value.as_of) + Math.max(0, now.value - scope.value.contact_at) : now.value))
  const serverDay = computed(() => localDay(new Date(serverNow.value)))
  const campaigns = computed(() => {
    if (!scope.value) return []
    const today = serverDay.value
    return scope.value.campaigns.flatMap((one) => onDay(one, today))
  })
  /** When the chosen campaign, or the first that has nothing to do today, begins anew. */
  const nextRound = computed(() => {
    const chosen = campaign.value ?? scope.value?.campaigns.find((one) => one.recurs) ?? null
    return chosen?.recurs ? nextOccasion({ ...chosen, recurs: chosen.recurs }, serverDay.value) : null
  })
  const campaign = computed<FeedCampaign | null>(() => campaigns.value.find((one) => one.id === chosenCampaign.value) ?? campaigns.value[0] ?? null)
  const grids = computed<FeedGrid[]>(() => scope.value?.grids ?? [])
  const grid = computed<FeedGrid | null>(() => grids.value.find((one) => one.id === chosenGrid.value) ?? grids.value.find((one) => one.responsible) ?? grids.value[0] ?? null)

  const known = computed(() => ({ tasks: tasks.value ?? new Map(), marks: marks.value ?? new Map(), appointments: appointments.value ?? new Map() }))
  /** Every place and building of my grids, as doors to walk to. */
  const premises = computed(() => [...placesAsDoors(places.value ?? []), ...buildingsAsDoors(scope.value?.areas ?? [], grids.value)])
  const doors = computed(() => {
    const here = grid.value
    const all = isOfHomes(campaign.value) ? (households.value ?? []) : premises.value
    return here ? doorsOf(campaign.value, all.filter((one) => one.grid === here.id), known.value, scope.value?.areas ?? []) : []
  })

  const given = computed(() => givenOf(campaign.value, doors.value, scope.value?.givings ?? [], scope.value?.areas ?? [], new Date(serverNow.value).toISOString()))
  /** Without those that were given to others: what this phone walks. */
  const mine = computed(() => doors.value.filter((door) => given.value.get(door.household.id)?.mine !== false))
  const findings = computed(() => scope.value?.findings ?? [])
  /** What was looked at now is open no more on this phone; the next list tells. */
  async function dropFinding(gone: FeedFinding): Promise<void> {
    await db.transaction('rw', [db.notes], async () => {
      const kept = await db.note('scope')
      if (kept) await db.keep('scope', { ...kept, findings: (kept.findings ?? []).filter((one) => one.household !== gone.household || one.question !== gone.question || one.campaign !== gone.campaign) })
    })
  }

  const rounds = shallowRef<ReturnType<typeof keepSyncing>>()

  function onOutcome(outcome: Outcome): void {
    if (outcome.result === 'ok') reach.online = true
    if (outcome.problem?.isOffline) reach.online = false
  }

  return {
    phone, ready, session, scope, gates, boxes, comparison, lastSync, farewell, namesHere, households, marks, now, reach,
    campaigns, campaign, nextRound, grids, grid, known, premises, doors, given, mine, findings, serverDay, dropFinding,
    progress: computed(() => progress(mine.value)),
    isReading: computed(() => households.value === undefined || places.value === undefined || tasks.value === undefined),
    chooseCampaign(id: Uuid) {
      chosenCampaign.value = id
      localStorage.setItem(CAMPAIGN_KEY, id)
    },
    chooseGrid(id: Uuid) {
      chosenGrid.value = id
      localStorage.setItem(GRID_KEY, id)
    },
    startRounds() {
      rounds.value ??= keepSyncing(phone, onOutcome)
    },
    async sync(round: Round = 'full', onProgress?: (pulled: Pulled) => void): Promise<Outcome> {
      reach.syncing = true
      try {
        return (await rounds.value?.now(round, onProgress)) ?? { result: 'none' }
      } finally {
        reach.syncing = false
      }
    },
  }
}
