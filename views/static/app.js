/* global document, Element */
// Everything works without this file. It tells the reader's own time where a time is pointed at or focused.
// Scripts of a page share their names.
const pageLanguage = document.documentElement.lang
const format = new Intl.DateTimeFormat(pageLanguage === 'en' ? undefined : pageLanguage, { dateStyle: 'full', timeStyle: 'long' })

function tellLocalTime (event) {
  const place = event.target instanceof Element ? event.target.closest('.log a:has(> time), .log .g time') : null
  const time = place?.matches('time') ? place : place?.querySelector('time')
  if (time && !time.title) time.title = format.format(new Date(time.dateTime))
}

document.addEventListener('pointerover', tellLocalTime)
document.addEventListener('focusin', tellLocalTime)
