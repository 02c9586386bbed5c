/**
 * The services of go-plugin itself, beside the provider's own. Their messages are empty but for one fixed answer, so
 * they need no definition: Controller ends the process, Stdio and Broker are opened by every client and carry nothing
 * here (a standing Stdio stream also keeps the connection from going idle), Health is for other hosts than Terraform.
 */
import type { Method } from './grpc.ts';

const empty = new Uint8Array();
/** HealthCheckResponse { status: SERVING } */
const serving = Uint8Array.of(0x08, 0x01);

/** Terraform kills a plugin 2 seconds after its shutdown; an open connection must not keep us that long. */
const lingerInMs = 1000;

/**
 * `end` is called before the client's shutdown is answered: the client goes on then, and can start this program again.
 * `shutDown` is called once the answer has left.
 */
export function pluginServices(end: () => void, shutDown: () => void): ReadonlyMap<string, Method> {
  const shutdown: Method = {
    kind: 'unary',
    handle: (_request, call) => {
      end();
      setTimeout(shutDown, lingerInMs);
      // Closed means handed to the socket's buffer: the turn of the event loop that writes it has yet to end.
      void call.closed.then(() => setImmediate(shutDown));
      return empty;
    },
  };
  return new Map<string, Method>([
    ['/plugin.GRPCController/Shutdown', shutdown],
    ['/plugin.GRPCStdio/StreamStdio', { kind: 'idle-stream' }],
    ['/plugin.GRPCBroker/StartStream', { kind: 'idle-stream' }],
    ['/grpc.health.v1.Health/Check', { kind: 'unary', handle: () => serving }],
  ]);
}
