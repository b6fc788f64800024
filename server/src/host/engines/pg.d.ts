/** What we use of the client. */
declare module 'pg' {
  export interface ClientConfig {
    /** A folder means the Unix socket in it. */
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
    readonly password?: string;
    readonly application_name?: string;
    readonly ssl?: false;
    readonly types?: { getTypeParser(): (value: string) => unknown };
  }
  export interface QueryResult {
    readonly command: string | null;
    readonly rowCount: number | null;
    readonly rows: Record<string, string | null>[];
  }
  /** Has the server's own fields where the server spoke. */
  export interface DatabaseError extends Error {
    readonly code?: string;
    readonly detail?: string;
  }
  export class Client {
    constructor(config: ClientConfig);
    connect(): Promise<void>;
    /** One simple query: several results when the text holds several statements. */
    query(text: string): Promise<QueryResult | QueryResult[]>;
    on(event: 'error', listener: (error: Error) => void): this;
    end(): Promise<void>;
    readonly connection: { readonly stream: { destroy(): void; ref?(): void; unref?(): void } };
  }
  const pg: { readonly Client: typeof Client };
  export default pg;
}
