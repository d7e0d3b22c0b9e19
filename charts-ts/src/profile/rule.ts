/** A rule across fields: which field is wrong, whether it is, and why. */
export type Rule = readonly [path: string, broken: boolean, message: string];
