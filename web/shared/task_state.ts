/** How far a task has come: a join, so order, repeats and lateness change nothing. Going back takes a correction. */
import type { Outcome, TaskState } from '@/api/types'

const RANK: Record<TaskState, number> = { untouched: 0, attempted: 1, done: 2, struck: 3 }

const REACHED: Record<Outcome, TaskState> = {
  done: 'done', nobody_home: 'attempted', refused: 'attempted', elsewhere: 'attempted', moved_away: 'struck', vacant: 'struck',
}

export function stateAfter(outcome: Outcome): TaskState {
  return REACHED[outcome]
}

export function joinStates(...states: TaskState[]): TaskState {
  return states.reduce<TaskState>((furthest, state) => (RANK[state] > RANK[furthest] ? state : furthest), 'untouched')
}
