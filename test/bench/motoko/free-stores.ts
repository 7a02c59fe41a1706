export function benchFreeStores(): void {}
