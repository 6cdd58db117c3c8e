// Written by hub-runtime from the contract `TestHub`. Do not edit.
import { unsubscribe } from "./hub-runtime.js";
import type { HubLike, Unsubscribe } from "./hub-runtime.js";

export type Colour = "red" | "lightBlue";
export type Shape = "nothing" | { circle: number } | { box: { wide: number; high: number } };
export type Pair<A, B> = { first: A; second: B };
export type Point = { x: number; y: number };
export type Sample = {
  text: string;
  whole: number;
  fraction: number;
  flag: boolean;
  maybe: string | null;
  list: Array<Point>;
  byName: { [key in string]: number };
  colour: Colour;
  shape: Shape;
  pair: Pair<number, string>;
  moment: string;
  identifier: string;
};
export type Identity = { connectionId: string; userId: string | null };
export type Audience =
  | "all" | "caller" | "others"
  | { allExcept: Array<string> } | { client: string } | { clients: Array<string> }
  | { user: string } | { users: Array<string> } | { group: string } | { groups: Array<string> }
  | { groupExcept: { group: string; except: Array<string> } } | { othersInGroup: string };

export interface TestClient {
  said(text: string): void | Promise<void>;
  sampled(number: number, sample: Sample): void | Promise<void>;
  marked(number: number): void | Promise<void>;
  gone(connectionId: string, reason: string): void | Promise<void>;
  choose(from: Array<string>): number | Promise<number>;
}

const WIRE: Record<keyof TestClient, string> = {
  said: "Said", sampled: "Sampled", marked: "Marked", gone: "Gone", choose: "Choose",
};

export class TestHubConnection {
  readonly #connection: HubLike;
  constructor(connection: HubLike) { this.#connection = connection; }
  echo(text: string): Promise<string> { return this.#connection.invoke("Echo", text); }
  echoSample(sample: Sample): Promise<Sample> { return this.#connection.invoke("EchoSample", sample); }
  reverseBytes(bytes: string | Uint8Array): Promise<string | Uint8Array> { return this.#connection.invoke("ReverseBytes", bytes); }
  add(left: number, right: number): Promise<number> { return this.#connection.invoke("Add", left, right); }
  nothing(): Promise<void> { return this.#connection.invoke("Nothing"); }
  greet(name: string, title?: string | null): Promise<string> {
    return title === undefined ? this.#connection.invoke("Greet", name) : this.#connection.invoke("Greet", name, title);
  }
  underAnotherName(): Promise<string> { return this.#connection.invoke("Renamed_V1"); }
  whoAmI(): Promise<Identity> { return this.#connection.invoke("WhoAmI"); }
  countUp(): Promise<number> { return this.#connection.invoke("CountUp"); }
  sayThenAnswer(texts: Array<string>): Promise<number> { return this.#connection.invoke("SayThenAnswer", texts); }
  sendSample(sample: Sample): Promise<void> { return this.#connection.invoke("SendSample", sample); }
  tell(audience: Audience, text: string): Promise<void> { return this.#connection.invoke("Tell", audience, text); }
  mark(number: number): Promise<void> { return this.#connection.invoke("Mark", number); }
  join(group: string): Promise<void> { return this.#connection.invoke("Join", group); }
  leave(group: string): Promise<void> { return this.#connection.invoke("Leave", group); }
  ask(connectionId: string, from: Array<string>): Promise<number> { return this.#connection.invoke("Ask", connectionId, from); }
  fail(text: string): Promise<void> { return this.#connection.invoke("Fail", text); }
  failInside(): Promise<number> { return this.#connection.invoke("FailInside"); }
  panic(): Promise<void> { return this.#connection.invoke("Panic"); }
  abort(): Promise<void> { return this.#connection.invoke("Abort"); }
  readonly send = {
    countUp: (): Promise<void> => this.#connection.send("CountUp"),
    fail: (text: string): Promise<void> => this.#connection.send("Fail", text),
    tell: (audience: Audience, text: string): Promise<void> => this.#connection.send("Tell", audience, text),
    abort: (): Promise<void> => this.#connection.send("Abort"),
  };
  on<E extends Exclude<keyof TestClient, "choose">>(event: E, handler: TestClient[E]): Unsubscribe {
    this.#connection.on(WIRE[event], handler);
    return unsubscribe(() => this.#connection.off(WIRE[event], handler));
  }
  off<E extends keyof TestClient>(event: E, handler: TestClient[E]): void {
    this.#connection.off(WIRE[event], handler);
  }
  register(client: Partial<TestClient>): Unsubscribe {
    const stops = (Object.keys(WIRE) as (keyof TestClient)[]).flatMap((event) => {
      const handler = client[event];
      if (!handler) return [];
      this.#connection.on(WIRE[event], handler);
      return [() => this.#connection.off(WIRE[event], handler)];
    });
    return unsubscribe(() => stops.forEach((stop) => stop()));
  }
}
