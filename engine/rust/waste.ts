/**
 * Minimum bytes that are worth a finding about waste, where nothing is wrong otherwise: four pages, whose storage costs about
 * 1 G cycles a year. Below it nobody would move data, and a nearly empty memory says nothing about the full one.
 */
export const MIN_WASTE = 4 * 65_536;
