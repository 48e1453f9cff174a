/** How many modules of iterations are being evaluated now: what they define at their top was defined by the ordinary ones. */
export const evaluating = { depth: 0 }
