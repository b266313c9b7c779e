/** What somebody is to a room for good, whether in it or not (XEP-0045 §5.2). */
export type Affiliation = 'owner' | 'admin' | 'member' | 'none' | 'outcast'
