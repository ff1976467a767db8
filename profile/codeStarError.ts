/**
 * The root of the errors that this package makes: the message is a sentence, or a clause of one,
 * for whoever is told of it. Every other error comes from Node.js, from another package, or of a
 * mistake in this one.
 */
export class CodeStarError extends Error {}
