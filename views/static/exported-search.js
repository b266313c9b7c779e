/* global document, location, URLSearchParams, hansardSearch */
// The search of an exported site. Lists and indexes are scripts that hand over data, as pages opened from files may load nothing else.
// Apart from the names of the other script of the page, which is no module either when it is read from a disk.
(() => {
  const HITS_AT_ONCE = 50

  const element = id => document.getElementById(id)
  const texts = JSON.parse(document.querySelector('form[data-words]').dataset.words)
  const told = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name])
  const waiting = new Map()
  const catalogues = []
  let listed = []

  Object.assign(globalThis, {
    hansardRooms (_name, rooms) { listed = rooms },
    hansardRoom (_name, room) { catalogues.push(room) },
    hansardSegment (name, segment) { waiting.get(name)?.(segment) }
  })

  function load (path) {
    return new Promise((resolve, reject) => {
      const script = document.createElement('script')
      script.src = `search/${path}.js`
      script.onload = () => { resolve(); script.remove() }
      script.onerror = () => { reject(new Error(`${path} is missing`)); script.remove() }
      document.head.append(script)
    })
  }

  async function loadSegment (name) {
    let found
    waiting.set(name, segment => { found = segment })
    try {
      await load(name)
      return found
    } finally {
      waiting.delete(name)
    }
  }

  function make (tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties)
    made.append(...children)
    return made
  }

  function shownHit (hit) {
    const text = make('p', {}, ...hit.isSubject ? [make('small', {}, texts.subject), ' '] : [],
      ...hit.pieces.map(({ text, isMatch }) => isMatch ? make('mark', {}, text) : text))
    const time = make('a', { href: `r/${hit.slug}/${hit.day}.html#${hit.anchor}`, title: texts.read },
      make('time', { dateTime: hit.time }, hit.clock))
    const said = hit.isSpoiler ? make('div', {}, make('details', { className: 's' }, make('summary', {}, texts.spoiler), text)) : text
    return make('li', hit.nick === '' ? { className: 'n' } : {}, make('bdi', {}, hit.nick), ' ', said, ' ', time)
  }

  function show (hits, showsRooms) {
    let list
    let last
    for (const hit of hits) {
      const heading = `${hit.slug} ${hit.day}`
      if (heading !== last) {
        list = make('ol', { className: 'log' })
        const title = make('h2', {}, make('a', { href: `r/${hit.slug}/${hit.day}.html` }, hit.day))
        if (showsRooms) title.append(' ', make('small', {}, make('bdi', {}, hit.title)))
        element('found').append(make('section', { className: 'hits' }, title, list))
        last = heading
      }
      list.append(shownHit(hit))
    }
  }

  async function start () {
    const asked = new URLSearchParams(location.search)
    const text = asked.get('q') ?? ''
    const slug = asked.get('room') ?? ''
    element('q').value = text
    if (text.trim() === '') return
    element('how').hidden = true
    element('state').textContent = texts.searching
    if (slug !== '' && !/^[\w.-]+$/.test(slug)) throw noRoom()
    if (slug === '') await load('rooms')
    const slugs = slug === '' ? listed.map(room => room.slug) : [slug]
    await Promise.all(slugs.map(slug => load(`${slug}/room`))).catch(() => { throw noRoom() })
    if (slug !== '') {
      if (![...element('room').options].some(option => option.value === slug)) {
        element('room').append(make('option', { value: slug }, catalogues[0].title))
      }
      element('room').value = slug
    }

    const months = hansardSearch(catalogues, loadSegment)(text)
    const pending = []
    let count = 0
    let reached = ''
    let isOver = false

    async function goOn () {
      element('older').hidden = true
      while (!isOver && pending.length < HITS_AT_ONCE) {
        const { done, value } = await months.next()
        if (done) {
          isOver = true
          break
        }
        reached = value.month
        pending.push(...value.hits)
        element('state').textContent = told(texts.searchingMonth, { month: reached, n: count + pending.length })
      }
      const hits = pending.splice(0, HITS_AT_ONCE)
      count += hits.length
      show(hits, slug === '' && catalogues.length > 1)
      const hasMore = pending.length > 0 || !isOver
      element('older').hidden = !hasMore
      element('state').textContent = count === 0
        ? texts.nothing
        : told(hasMore ? texts.foundUntil : texts.found, { n: count, day: hits.at(-1)?.day ?? reached })
    }

    element('older').addEventListener('click', () => { goOn().catch(tell) })
    await goOn()
  }

  function noRoom () {
    return Object.assign(new Error(texts.noRoom), { code: 'ERR_ROOM_NOT_FOUND' })
  }

  function tell (error) {
    element('state').textContent = ''
    element('problem').hidden = false
    element('problem').textContent = error.code === undefined ? told(texts.problem, { problem: error.message }) : error.message
  }

  start().catch(tell)
})()
