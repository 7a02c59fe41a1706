/** Reports a problem with a declaration, at a path in the JSON. */
export type ReportProblem = (path: string, problem: string) => void;

/** Maximum nesting of forms. */
export const MAX_FORM_DEPTH = 16;
