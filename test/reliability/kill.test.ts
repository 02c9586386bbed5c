/** The short form of `make soak`. */
import { describeWith, needs } from '../support/needs.ts';
import { runKills } from './kill.ts';

needs('ps');

describe('after kill -9 at random moments, on SQLite', () => survives('sqlite'));
describeWith('postgres')('after kill -9 at random moments, on PostgreSQL', () => survives('postgres'));

function survives(engine: 'sqlite' | 'postgres'): void {
  test('no acknowledged write is lost, every key decrypts, no HSM process is left, the audit log is complete', async () => {
    const report = await runKills({ engine, kills: 24, checkEvery: 8 });
    expect(report.faults).toEqual([]);
    expect(report).toMatchObject({ apiKills: 12, hsmKills: 12 });
    expect(report.answers).toBeGreaterThan(100);
    expect(report.ciphertexts).toBeGreaterThan(10);
  }, 300_000);
}
