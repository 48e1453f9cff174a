export const repository: string
export function buildSimulator(): { readonly path: string; remove(): void }
export function build(config: string, file: string): { readonly path: string; remove(): void }
export function buildPackage(folder: string): void
export function buildPackageWithNames(folder: string): void
