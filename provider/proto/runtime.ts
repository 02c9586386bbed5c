/**
 * The protobuf runtime that the generated messages import. Every int64 of the protocol is a small count, version or
 * index, so they are plain numbers here whether or not the `long` package happens to be installed beside us.
 */
import protobuf from 'protobufjs/minimal.js';

(protobuf.util as { Long: unknown }).Long = null;
protobuf.configure();

export default protobuf;
