/** /etc/services: names of ports (services(5)). */

export interface ServiceNames {
  port(name: string, protocol: string): number | undefined;
  service(port: number, protocol: string): string | undefined;
}

/** Lines are `name port/protocol alias...`, with comments behind `#`; the first of equal entries counts. */
export function parseServicesFile(text: string): ServiceNames {
  const ports = new Map<string, number>();
  const names = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [name, number, ...aliases] = (line.split('#')[0] ?? '').split(/\s+/).filter((word) => word !== '');
    const [, digits = '', protocol = ''] = /^([0-9]+)\/(\w+)$/.exec(number ?? '') ?? [];
    const port = Number(digits);
    if (name === undefined || digits === '' || port > 65535) continue;
    for (const word of [name, ...aliases]) setFirst(ports, `${word}/${protocol}`, port);
    setFirst(names, `${port}/${protocol}`, name);
  }
  return {
    port: (name, protocol) => ports.get(`${name}/${protocol}`),
    service: (port, protocol) => names.get(`${port}/${protocol}`),
  };
}

function setFirst<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}
