/** Reports what is wrong with a declaration, and where in the JSON it is. */
export type Tell = (path: string, problem: string) => void;

/** Forms in forms nest no deeper. */
export const MAX_FORM_DEPTH = 16;
