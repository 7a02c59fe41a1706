/** Converts lines and columns, which clients count from 0 or from 1. The debugger counts from 0. */
export interface ClientPlaces {
  toClientLine(line: number): number;
  fromClientLine(line: number): number;
  toClientColumn(column: number): number;
  fromClientColumn(column: number): number;
}
