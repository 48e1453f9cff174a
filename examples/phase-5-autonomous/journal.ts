/** What the test saw happen; nothing in the system under test reads it. */
export class Journal {
  /** Ids of the messages that operations sent. */
  readonly sent = new Set<number>()
  /** How often each message was received, by id. */
  readonly received = new Map<number, number>()
  /** Where each actor was activated, in order: 'inbox/a7' → n1, n3. */
  readonly homes = new Map<string, string[]>()
  /** How often each actor was deactivated in good order. */
  readonly farewells = new Map<string, number>()
  /** Actors that did something in the present event. */
  readonly busy = new Set<string>()

  receive(actor: string, id: number): void {
    this.busy.add(actor)
    this.received.set(id, (this.received.get(id) ?? 0) + 1)
  }

  activate(actor: string, node: string): void {
    this.homes.set(actor, [...(this.homes.get(actor) ?? []), node])
  }

  deactivate(actor: string): void {
    this.farewells.set(actor, (this.farewells.get(actor) ?? 0) + 1)
  }
}
