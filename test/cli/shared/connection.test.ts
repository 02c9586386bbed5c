import { connect } from '@keystead/control-plane/cli/shared/connection.ts';
import { notRegionNames } from '../../support/regions.ts';

const endpoint = 'http://127.0.0.1:8600';

test.each(notRegionNames)('the Region %j is refused before anything is sent', async (region) => {
  await expect(connect({ endpoint, dataDir: '.keystead', region })).rejects.toThrow('is not a Region');
});
