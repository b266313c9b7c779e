/* global Blob, ClipboardItem, Element, URL, URLSearchParams, addEventListener, clearTimeout, document, fetch, localStorage, location, navigator, setTimeout */
// Everything works without this file. It tells the reader's own time where a time is pointed at or focused; goes from message to
// message by keys; and copies links to messages, links to excerpts, and what was said.

// In all languages of the site: this file is loaded once, words in each page would weigh more than many a day's talk.
const WORDS = {
  en: {
    keys: 'Keys',
    on: 'Use these keys',
    close: 'Close',
    selected: 'Selected',
    one: '1 message',
    many: n => `${n} messages`,
    link: 'Copy link',
    text: 'Copy as text',
    more: 'Select up to …',
    pick: 'Now choose the last message by its time.',
    copied: 'Copied',
    byHand: 'Copy it from here:',
    failed: 'That did not work. Please try again.',
    first: 'This is the first message.',
    last: 'This is the last message.',
    help: { j: 'next message', k: 'message before', c: 'copy the link to the message', s: 'select from this message on, with j and k', '/': 'search', '?': 'show these keys', Esc: 'end the selection' }
  },
  de: {
    keys: 'Tasten',
    on: 'Diese Tasten benutzen',
    close: 'Schließen',
    selected: 'Ausgewählt',
    one: '1 Nachricht',
    many: n => `${n} Nachrichten`,
    link: 'Link kopieren',
    text: 'Als Text kopieren',
    more: 'Auswählen bis …',
    pick: 'Wählen Sie jetzt die letzte Nachricht an ihrer Uhrzeit.',
    copied: 'Kopiert',
    byHand: 'Von hier kopieren:',
    failed: 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.',
    first: 'Das ist die erste Nachricht.',
    last: 'Das ist die letzte Nachricht.',
    help: { j: 'nächste Nachricht', k: 'vorige Nachricht', c: 'Link zur Nachricht kopieren', s: 'ab dieser Nachricht auswählen, weiter mit j und k', '/': 'suchen', '?': 'diese Tasten zeigen', Esc: 'Auswahl beenden' }
  },
  fr: {
    keys: 'Touches',
    on: 'Utiliser ces touches',
    close: 'Fermer',
    selected: 'Sélection',
    one: '1 message',
    many: n => `${n} messages`,
    link: 'Copier le lien',
    text: 'Copier le texte',
    more: 'Sélectionner jusqu’à…',
    pick: 'Choisissez maintenant le dernier message par son heure.',
    copied: 'Copié',
    byHand: 'À copier d’ici\u00A0:',
    failed: 'Cela n’a pas fonctionné. Veuillez réessayer.',
    first: 'C’est le premier message.',
    last: 'C’est le dernier message.',
    help: { j: 'message suivant', k: 'message précédent', c: 'copier le lien vers le message', s: 'sélectionner à partir de ce message, avec j et k', '/': 'rechercher', '?': 'montrer ces touches', Esc: 'terminer la sélection' }
  }
}
const PLACE = /^\/r\/([^/]+)\/(\d{4}-\d\d-\d\d)$/
const ROW = '.log > li:has(> a > time)'

const { lang } = document.documentElement
const words = WORDS[lang] ?? WORDS.en
const format = new Intl.DateTimeFormat(lang === 'en' ? undefined : lang, { dateStyle: 'full', timeStyle: 'long' })

function tellLocalTime ({ target }) {
  const place = target instanceof Element ? target.closest('.log a:has(> time), .log .g time') : null
  const time = place?.matches('time') ? place : place?.querySelector('time')
  if (time && !time.title) time.title = format.format(new Date(time.dateTime))
}

document.addEventListener('pointerover', tellLocalTime)
document.addEventListener('focusin', tellLocalTime)

// Rows come, change and go while a day grows: they are known by their place, and looked for when they are needed.
let current
let range
let isPicking = false
let fading

const rows = () => [...document.querySelectorAll(ROW)].filter(row => row.getClientRects().length > 0)
const hrefOf = row => row?.querySelector(':scope > a').href
const rowAt = href => href && rows().find(row => hrefOf(row) === href)
const isOneRoom = /^\/r\//.test(location.pathname)

function placeOf (row) {
  const { pathname, hash } = new URL(hrefOf(row))
  const [, slug, day] = PLACE.exec(pathname) ?? []
  return slug && hash ? { slug, day, at: hash.slice(1) } : undefined
}

function focusRow (row) {
  current = hrefOf(row)
  row.tabIndex = -1
  row.addEventListener('blur', () => row.removeAttribute('tabindex'), { once: true })
  row.focus({ preventScroll: true })
  row.scrollIntoView({ block: 'nearest' })
}

function step (by) {
  const all = rows()
  if (all.length === 0) return
  const here = document.activeElement?.closest(ROW) ?? rowAt(current)
  const n = all.indexOf(here)
  const inSight = all.findIndex(row => row.getBoundingClientRect().bottom > 60)
  const next = n < 0 ? all[Math.max(0, inSight)] : all[n + by]
  if (!next) return say(by > 0 ? words.last : words.first)
  focusRow(next)
  if (range) select(range.from, hrefOf(next))
}

// --- Links and texts ---

async function ask (row) {
  const { slug, day, at } = placeOf(row)
  const answer = await fetch(`/r/${slug}/go.json?${new URLSearchParams({ day, at })}`)
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

// What is no talk has a line, and no message of its own: an excerpt begins and ends with what has.
async function endOf (list) {
  for (const row of list) {
    const place = await ask(row)
    if (place.url.includes('/m/')) return place
  }
  throw new Error('no message')
}

async function linkTo (list) {
  // Where nobody answers, as in a copy of the site, a line is found on the page of its day.
  if (list.length === 1) return list[0].querySelector('a.more')?.href ?? (await ask(list[0]).catch(() => ({ url: hrefOf(list[0]) }))).url
  const [from, to] = [await endOf(list), await endOf(list.toReversed())]
  if (from.uid === to.uid) return from.url
  return new URL(`/r/${placeOf(list[0]).slug}/excerpt?${new URLSearchParams({ from: from.uid, to: to.uid })}`, from.url).href
}

function textOf (row) {
  const time = row.querySelector(':scope > a > time').dateTime.slice(0, 19).replace('T', ' ')
  const said = row.querySelector(':scope > p, :scope > div, :scope > details')?.cloneNode(true)
  for (const other of said?.querySelectorAll('.r, .q, .more, .unseen, details > :not(summary)') ?? []) other.remove()
  const text = (said?.textContent ?? '').trim().replace(/\n+/g, '\n    ')
  const nick = row.querySelector(':scope > bdi')?.textContent
  return nick === undefined ? `[${time}] *** ${text}` : row.matches('.a') ? `[${time}] * ${nick} ${text}` : `[${time}] <${nick}> ${text}`
}

/** `text` may be a promise: what is copied is named while the reader's key still counts. */
async function copy (text) {
  try {
    const blob = Promise.resolve(text).then(text => new Blob([text], { type: 'text/plain' }))
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
    say(words.copied)
  } catch {
    await Promise.resolve(text).then(offer, () => say(words.failed))
  }
}

// --- The bar below the page ---

const status = make('p', { className: 'said', role: 'status' })
const count = make('span')
const byHand = make('input', { readOnly: true, hidden: true })
const more = button(words.more, () => {
  isPicking = true
  say(words.pick)
})
const bar = make('div', { className: 'bar', hidden: true, role: 'group', ariaLabel: words.selected }, [
  count,
  button(words.link, () => copy(linkTo(selected()))),
  button(words.text, () => copy(selected().map(textOf).join('\n'))),
  more,
  button(words.close, endSelection),
  byHand
])
document.body.append(bar, status)

function say (text) {
  clearTimeout(fading)
  status.textContent = text
  fading = setTimeout(() => { status.textContent = '' }, 5000)
}

// Pages that did not come safely may not write to the clipboard.
function offer (text) {
  say(words.byHand)
  bar.hidden = byHand.hidden = false
  byHand.value = text
  byHand.ariaLabel = words.byHand
  byHand.focus()
  byHand.select()
}

function selected () {
  const all = rows()
  const [a, b] = [all.indexOf(rowAt(range?.from)), all.indexOf(rowAt(range?.to))].sort((a, b) => a - b)
  return a < 0 ? [] : all.slice(a, b + 1)
}

function select (from, to) {
  range = { from, to }
  isPicking = false
  const list = selected()
  for (const row of document.querySelectorAll('.log > .sel')) row.classList.remove('sel')
  for (const row of list) row.classList.add('sel')
  count.textContent = list.length === 1 ? words.one : words.many(list.length)
  bar.hidden = list.length === 0
  byHand.hidden = true
  more.hidden = !isOneRoom
  say(`${words.selected}: ${count.textContent}`)
}

function endSelection () {
  for (const row of document.querySelectorAll('.log > .sel')) row.classList.remove('sel')
  range = undefined
  isPicking = false
  bar.hidden = byHand.hidden = true
  say('')
}

document.addEventListener('click', event => {
  const link = event.target instanceof Element ? event.target.closest('.log > li > a:has(> time)') : null
  if (!link || event.ctrlKey || event.metaKey || event.altKey || event.button !== 0) return
  const row = link.parentElement
  if ((event.shiftKey || isPicking) && isOneRoom) {
    event.preventDefault()
    select(range?.from ?? current ?? hrefOf(row), hrefOf(row))
  } else if (link.getAttribute('href')?.startsWith('#')) {
    select(hrefOf(row), hrefOf(row))
  }
  current = hrefOf(row)
})

// --- Keys ---

const isOff = make('input', { type: 'checkbox', checked: recall() })
isOff.addEventListener('change', () => keep(isOff.checked))
const help = make('dialog', { ariaLabel: words.keys }, [
  make('h2', { textContent: words.keys }),
  make('dl', {}, Object.entries(words.help).flatMap(([key, what]) => [
    make('dt', {}, [make('kbd', { textContent: key })]), make('dd', { textContent: what })
  ])),
  make('p', {}, [make('label', {}, [isOff, ` ${words.on}`])]),
  button(words.close, () => help.close())
])
if (document.querySelector('.log')) {
  document.body.append(help)
  document.querySelector('.bottom')?.append(button(words.keys, () => help.showModal()))
}

// The only thing that is kept, and only where the reader chose so.
function recall () {
  try {
    return localStorage.getItem('keys') !== 'off'
  } catch {
    return true
  }
}

function keep (isOn) {
  try {
    if (isOn) localStorage.removeItem('keys')
    else localStorage.setItem('keys', 'off')
  } catch { /* it holds for this page */ }
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  c: () => {
    const row = rowAt(current)
    if (range) copy(linkTo(selected()))
    else if (row) copy(linkTo([row]))
  },
  s: () => { if (isOneRoom && rowAt(current)) select(current, current) },
  '/': () => document.querySelector('input[type=search]')?.focus(),
  '?': () => { if (help.isConnected) help.showModal() }
}

addEventListener('keydown', event => {
  if (event.key === 'Escape' && range && !help.open) return endSelection()
  const isTyping = event.target instanceof Element && event.target.matches('input, textarea, select, [contenteditable]')
  if (isTyping || help.open || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  if (!isOff.checked || !Object.hasOwn(KEYS, event.key)) return
  event.preventDefault()
  KEYS[event.key]()
})
document.addEventListener('focusin', ({ target }) => {
  const row = target.closest(ROW)
  if (row) current = hrefOf(row)
})

function button (text, act) {
  const made = make('button', { type: 'button', textContent: text })
  made.addEventListener('click', act)
  return made
}

function make (tag, properties = {}, children = []) {
  const { role, ...rest } = properties
  const made = Object.assign(document.createElement(tag), rest)
  if (role) made.setAttribute('role', role)
  made.append(...children)
  return made
}
