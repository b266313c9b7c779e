import { ANALYSER_VERSION } from '../analyse.ts'

/** Raised whenever the documents or the index function change their form. */
const FORM = '1'

export const DESIGN = `hansard-search-${FORM}-${ANALYSER_VERSION}`
export const INDEX = 'events'

/** What stands in the index of the database of postings: tokens are made here already, so that Lucene only splits them at spaces. */
export const DESIGN_DOCUMENT = {
  _id: `_design/${DESIGN}`,
  nouveau: {
    [INDEX]: {
      default_analyzer: 'whitespace',
      field_analyzers: { room: 'keyword', stream: 'keyword', exactNick: 'keyword', place: 'keyword', year: 'keyword', who: 'keyword', kind: 'keyword', where: 'keyword' },
      index: `function (doc) {
  if (typeof doc.place !== 'string') return;
  ['word', 'stem', 'code', 'nick', 'to', 'trait'].forEach(function (name) { if (doc[name]) index('text', name, doc[name]); });
  ['room', 'stream', 'exactNick', 'place', 'year', 'who', 'kind', 'where'].forEach(function (name) { index('string', name, doc[name]); });
  index('double', 'time', doc.time);
}`
    }
  }
} as const
