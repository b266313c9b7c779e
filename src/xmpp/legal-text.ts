// XML 1.0 §2.2: a server closes the whole stream on anything else.
// eslint-disable-next-line no-control-regex -- these are the characters that XML 1.0 forbids
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

// eslint-disable-next-line no-control-regex -- as above; this one is quick and says whether the other has to look
const SUSPECT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/

/** The text with what XML cannot carry turned into U+FFFD. */
export function legalText (text: string): string {
  return SUSPECT.test(text) ? text.replace(ILLEGAL, '\ufffd') : text
}
