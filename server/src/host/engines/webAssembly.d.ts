// Node's types know WebAssembly's types and not its values.
declare namespace WebAssembly {
  const Module: {
    new (bytes: NodeJS.BufferSource): Module;
    customSections(module: Module, name: string): ArrayBuffer[];
  };
  function compile(bytes: NodeJS.BufferSource): Promise<Module>;
  function validate(bytes: NodeJS.BufferSource): boolean;
  function instantiate(module: Module, imports: Record<string, unknown>): Promise<{ readonly exports: Record<string, unknown> }>;
}
