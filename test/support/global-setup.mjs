// Before any suite: tests that start `keystead` start the bundle, which must be of these sources.
import { bundleIfStale } from '@keystead/control-plane/build/bundle.ts';

export default bundleIfStale;
