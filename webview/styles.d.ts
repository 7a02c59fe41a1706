/** A style sheet is imported for the bundler alone, which writes it beside the script. */
declare module '*.css';
