/**
 * Of the fixtures that there are, those that a body asks for by destructuring its context, as Vitest reads it from the
 * text of a test. A body that takes its context whole gets them all, and one without it none.
 */
export function wantedFixtures(fixtures: readonly string[], body: Function): readonly string[] {
  if (fixtures.length === 0) return fixtures
  const parameters = parametersOf(body.toString())
  const context = parameters.at(-1) ?? ''
  // A case of `.each` comes first, so only a pattern shows that the last one is the context.
  if (!context.startsWith('{')) return parameters.length > 1 ? fixtures : []
  if (context.includes('...')) return fixtures
  return fixtures.filter((name) => new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(context))
}

/** The parameters of a function, as they are written. */
function parametersOf(written: string): string[] {
  const text = written.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text)
  if (single) return [single[1] ?? '']
  const found: string[] = []
  let depth = 1
  let one = ''
  for (const letter of text.slice(text.indexOf('(') + 1)) {
    if (')]}'.includes(letter)) depth--
    if (depth === 0) break
    if ('([{'.includes(letter)) depth++
    if (letter === ',' && depth === 1) {
      found.push(one.trim())
      one = ''
    } else one += letter
  }
  return [...found, one.trim()].filter((parameter) => parameter !== '')
}
