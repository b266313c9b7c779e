/* global document, EventSource, innerHeight, innerWidth, location, requestAnimationFrame, IntersectionObserver, scrollBy, scrollY, CSS, addEventListener */
// Lets today's page, and the page that shows the last messages, grow while people talk. Without it there is a link to reload.

const KINDS = ['said', 'changed', 'removed', 'merged', 'day', 'reset']
const FIRST_PAUSE = 10_000
const LONGEST_PAUSE = 300_000
const GOES_ON = 600_000
/** The page of the last messages forgets the oldest beyond these. */
const MOST_ROWS = 1_000

const { lang } = document.documentElement
// Dates are written as the server writes them.
const LOCALE = lang === 'en' ? 'en-GB' : lang

const place = document.querySelector('[data-live]')
if (place) follow(place)

function follow (place) {
  const { live: stream, base, zone, day } = place.dataset
  const words = JSON.parse(place.dataset.words)
  const plural = new Intl.PluralRules(LOCALE)
  const state = place.querySelector('[data-state]')
  const reload = place.querySelector('[data-reload]')
  const status = place.querySelector('[role=status]')
  const button = place.querySelector('button')
  const log = document.querySelector('[role=log] > .log')
  const queue = []
  let { since } = place.dataset
  let source
  let timer
  let pause = FIRST_PAUSE
  let unread = 0
  let firstUnread

  function open () {
    clearTimeout(timer)
    if (source || document.hidden) return
    const url = new URL(stream, location.href)
    url.searchParams.set('since', since)
    source = new EventSource(url)
    for (const kind of KINDS) source.addEventListener(kind, event => hear(kind, event))
    source.addEventListener('open', () => {
      pause = FIRST_PAUSE
      tell(words.follows, false)
    })
    source.addEventListener('error', () => {
      tell(words.lost, true)
      // After a refusal browsers do not ask again by themselves.
      if (source.readyState !== EventSource.CLOSED) return
      close()
      timer = setTimeout(open, pause * (1 + Math.random()))
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    })
  }

  function hear (kind, { data, lastEventId }) {
    since = lastEventId || since
    queue.push({ kind, data })
    if (queue.length === 1) requestAnimationFrame(takeAll)
  }

  function close () {
    clearTimeout(timer)
    source?.close()
    source = undefined
  }

  function tell (text, offersReload) {
    state.textContent = text
    reload.hidden = !offersReload
  }

  function takeAll () {
    const isAtEnd = place.getBoundingClientRect().top <= innerHeight
    const kept = isAtEnd ? undefined : rowInSight()
    const before = kept?.getBoundingClientRect().top
    for (const { kind, data } of queue.splice(0)) take(kind, data)
    if (isAtEnd && log) for (const row of [...log.children].slice(0, -MOST_ROWS)) row.remove()
    if (isAtEnd) place.scrollIntoView({ block: 'nearest' })
    else if (kept?.isConnected) scrollBy({ top: kept.getBoundingClientRect().top - before, behavior: 'instant' })
    if (unread === 0) return
    const text = words.newMessages[plural.select(unread) === 'one' ? 'one' : 'other'].replace('{n}', unread.toLocaleString(LOCALE))
    if (!log) status.textContent = text
    button.textContent = `${text} ↓`
    button.hidden = isAtEnd
    if (isAtEnd) unread = 0
  }

  function take (kind, data) {
    if (kind === 'reset') return tell(words.much, true)
    if (kind === 'day') return day ? announce(data) : separate(data)
    if (kind === 'merged') return leave(find(data))
    const row = parse(data)
    const date = row.querySelector(':scope > a > time').dateTime.slice(0, 10)
    const anchor = row.id
    const path = `${base}${date}#${anchor}`
    if (log) {
      row.removeAttribute('id')
      row.querySelector(':scope > a').href = path
    }
    const old = find(path)
    if (old) {
      // Several removed messages may share a line, which says so already.
      if (old.id !== row.id || (log && old.querySelector(':scope > a').getAttribute('href') !== path)) return
      old.replaceWith(row)
    } else if (!insert(row, date, anchor)) {
      return
    } else if (kind === 'said') {
      if (unread++ === 0) firstUnread = row
    }
    settle(row)
    settle(row.nextElementSibling)
  }

  function insert (row, date, anchor) {
    if (day && date !== day) {
      if (date > day) announce(date)
      return false
    }
    const key = `${date}#${anchor}`
    if (log && log.firstElementChild && key < keyOf(log.firstElementChild)) return false
    for (const empty of document.querySelectorAll('main > .empty')) empty.remove()
    if (log) separate(date)
    insertBy(key, row, log ?? hourOf(anchor.slice(1, 3)))
    return true
  }

  function leave (row) {
    const next = row?.nextElementSibling
    row?.remove()
    settle(next)
  }

  function find (path) {
    if (log) return log.querySelector(`:scope > li > a[href="${CSS.escape(path)}"]`)?.parentElement
    const [before, anchor] = path.split('#')
    return before === `${base}${day}` ? document.getElementById(anchor)?.closest('.log > li') : undefined
  }

  /** The list of a UTC hour of the day. */
  function hourOf (hour) {
    const heading = document.getElementById(`h${hour}`) ?? addHour(hour)
    return heading.parentElement.querySelector('.log')
  }

  function addHour (hour) {
    const label = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', timeZone: zone }).format(new Date(`${day}T${hour}:00:00Z`))
    const section = parse(`<section><h2 class="hour" id="h${hour}">${label}</h2><ol class="log"></ol></section>`)
    section.setAttribute('aria-labelledby', `h${hour}`)
    const later = [...document.querySelectorAll('.hour')].find(({ id }) => id > `h${hour}`)
    if (later) later.parentElement.before(section)
    else (nextDay() ?? place).before(section)
    return section.firstElementChild
  }

  /** The new day has a page of its own. */
  function announce (date) {
    if (nextDay()) return
    const note = parse('<p class="notice" role="status" data-next-day><a></a></p>')
    const [before, after = ''] = words.newDay.split('{day}')
    const link = note.firstElementChild
    link.href = `${base}${date}`
    link.textContent = longDate(date)
    link.before(before)
    link.after(after)
    place.before(note)
  }

  function nextDay () {
    return document.querySelector('[data-next-day]')
  }

  function separate (date) {
    if (log.querySelector(`:scope > [data-key="${date}#"]`)) return
    const line = parse(`<li class="d" data-key="${date}#"><a>${longDate(date)}</a></li>`)
    line.querySelector('a').href = `${base}${date}`
    insertBy(`${date}#`, line, log)
  }

  function insertBy (key, row, list) {
    let next = null
    for (let other = list.lastElementChild; other; other = other.previousElementSibling) {
      const otherKey = keyOf(other)
      if (otherKey !== undefined && otherKey < key) break
      if (otherKey !== undefined) next = other
    }
    list.insertBefore(row, next)
  }

  /** Orders the rows of a page; a line about something missing has no moment of its own. */
  function keyOf (row) {
    if (row.dataset.key) return row.dataset.key
    if (!log) return row.id ? `${day}#${row.id}` : undefined
    return row.querySelector(':scope > a')?.getAttribute('href').slice(base.length)
  }

  button.addEventListener('click', () => {
    firstUnread?.scrollIntoView({ block: 'start' })
    seen()
  })
  new IntersectionObserver(([entry]) => { if (entry.isIntersecting) seen() }).observe(place)

  function seen () {
    unread = 0
    button.hidden = true
  }

  // Browsers open few connections to a site: pages that nobody looks at have none, and catch up later.
  document.addEventListener('visibilitychange', () => document.hidden ? close() : open())
  addEventListener('pagehide', close)
  addEventListener('pageshow', open)
  document.querySelector('[data-hint]')?.remove()
  if (log && scrollY === 0) place.scrollIntoView({ block: 'end' })
  // The place is kept above.
  document.documentElement.style.overflowAnchor = 'none'
  open()
}

/** The server has escaped it all. */
function parse (html) {
  const template = document.createElement('template')
  template.innerHTML = html
  return template.content.firstElementChild
}

function longDate (date) {
  return new Intl.DateTimeFormat(LOCALE, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`))
}

/** Whether the nick need not be seen again: as view/rows.ts has it. */
function settle (row) {
  if (!isSpeech(row)) return
  const before = row.previousElementSibling
  row.classList.toggle('c', isSpeech(before) && !isAction(row) && !isAction(before) && nickOf(row) === nickOf(before) &&
    timeOf(row).slice(0, 13) === timeOf(before).slice(0, 13) && Date.parse(timeOf(row)) - Date.parse(timeOf(before)) < GOES_ON)
}

function isSpeech (row) {
  return row?.matches('.log > li:not(.n, .d)') === true
}

function isAction (row) {
  return row.classList.contains('a')
}

function nickOf (row) {
  return row.querySelector(':scope > bdi').textContent
}

function timeOf (row) {
  return row.querySelector(':scope > a > time').dateTime
}

/** A row whose place on the screen is to stay. */
function rowInSight () {
  for (let y = 60; y < innerHeight; y += 15) {
    const row = document.elementFromPoint(innerWidth / 2, y)?.closest('.log > li')
    if (row) return row
  }
}
