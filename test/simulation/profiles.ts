/** How wild runs are, from calm ones to those in which nearly everything breaks. */

/** Weights of the kinds of steps. */
export interface Profile {
  fault: number
  answer: number
  death: number
  jump: number
  quota: number
  version: number
  /** Senders that lose their locks to others while they live. */
  rival: number
  /** People who ask to be forgotten; four times as often they agree again, if they did. */
  erase: number
  /** Pages that are left or killed within seconds. */
  visit: number
  /** Files and registrations that are late, fail or hang. */
  late: number
  /** Workers that fall silent and files that do not come, while nothing else is in the way. */
  silence: number
  /** Choices that are easily lost or forgotten. */
  choice: number
}

const CALM: Profile = {
  fault: 0,
  answer: 0,
  death: 0,
  jump: 0,
  quota: 0,
  version: 0,
  rival: 0,
  erase: 0.1,
  visit: 0.5,
  late: 0.5,
  silence: 0.5,
  choice: 0.4,
}

export const PROFILES: Profile[] = [
  CALM,
  { ...CALM, answer: 20, death: 3 },
  { ...CALM, fault: 20, answer: 10, death: 5 },
  { ...CALM, fault: 15, answer: 15, death: 5, jump: 2, version: 2 },
  { ...CALM, fault: 25, answer: 20, death: 8, jump: 3, quota: 3, version: 3 },
  { ...CALM, fault: 3, answer: 20, death: 1, version: 4, rival: 12, visit: 0, late: 0, silence: 0, choice: 0 },
  { ...CALM, fault: 15, answer: 15, death: 2, erase: 3 },
  { ...CALM, death: 1, visit: 30, late: 3 },
  { ...CALM, fault: 2, answer: 5, death: 2, visit: 15, late: 6 },
]
