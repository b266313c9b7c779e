import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { createWatchdog } from '../../src/xmpp/watchdog.ts'

describe('the watchdog', () => {
  let pings = 0
  let deaths = 0
  const create = (): ReturnType<typeof createWatchdog> => createWatchdog({
    idleMs: 30_000,
    timeoutMs: 25_000,
    ping () { pings += 1 },
    onDead () { deaths += 1 }
  })
  beforeEach(() => {
    pings = deaths = 0
    mock.timers.enable({ apis: ['setTimeout'] })
  })
  afterEach(() => { mock.timers.reset() })

  it('pings a silent peer and gives it up when it stays silent', () => {
    create().start()
    mock.timers.tick(30_000)
    assert.deepEqual([pings, deaths], [1, 0])
    mock.timers.tick(24_999)
    assert.deepEqual([pings, deaths], [1, 0])
    mock.timers.tick(1)
    assert.deepEqual([pings, deaths], [1, 1])
  })

  it('notices a death within 90 seconds, whenever it happens', () => {
    for (let last = 0; last <= 60; last += 1) {
      const watchdog = create()
      deaths = 0
      watchdog.start()
      for (let second = 0; second < last; second += 1) {
        watchdog.heard()
        mock.timers.tick(1000)
      }
      watchdog.heard()
      for (let second = 0; second < 90; second += 1) mock.timers.tick(1000)
      assert.equal(deaths, 1, `last heard after ${last} s`)
    }
  })

  it('leaves a peer alone that says anything', () => {
    const watchdog = create()
    watchdog.start()
    for (let n = 0; n < 100; n += 1) {
      mock.timers.tick(20_000)
      watchdog.heard()
    }
    assert.deepEqual([pings, deaths], [0, 0])
  })

  it('takes any answer to its ping, however late within the time', () => {
    const watchdog = create()
    watchdog.start()
    for (let n = 1; n <= 10; n += 1) {
      mock.timers.tick(30_000)
      assert.equal(pings, n)
      mock.timers.tick(20_000)
      watchdog.heard()
      mock.timers.tick(5_000)
    }
    assert.equal(deaths, 0)
  })

  it('does nothing when it was stopped', () => {
    const watchdog = create()
    watchdog.start()
    mock.timers.tick(30_000)
    watchdog.stop()
    mock.timers.tick(1_000_000)
    assert.deepEqual([pings, deaths], [1, 0])
  })
})
