/** A rule across fields: the field, whether it breaks the rule, and the error message. */
export type Rule = readonly [path: string, broken: boolean, message: string];
