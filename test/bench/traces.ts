export async function benchTraces(): Promise<void> {}
