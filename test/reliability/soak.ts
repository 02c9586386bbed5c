/** `make soak`: the long run, 500 kills on each engine; SOAK_KILLS=n changes that, SOAK_ENGINE=sqlite narrows it. */
import { type KillOptions, runKills } from './kill.ts';

const kills = Number(process.env.SOAK_KILLS ?? 500);
if (!Number.isInteger(kills) || kills < 1) {
  console.error(`SOAK_KILLS is "${process.env.SOAK_KILLS}"; give a whole number of kills, such as 500.`);
  process.exit(2);
}
const engines = (['sqlite', 'postgres'] as const).filter((engine) => (process.env.SOAK_ENGINE ?? engine) === engine);
let failed = false;
for (const engine of engines) {
  const startedAt = performance.now();
  const options: KillOptions = { engine, kills, checkEvery: 10, killDatabaseEvery: engine === 'postgres' ? 25 : 0 };
  try {
    const { faults, ...counts } = await runKills({ ...options, progress: (line) => console.log(line) });
    for (const fault of faults) console.log(`FAULT ${fault}`);
    const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
    const verdict = faults.length === 0 ? 'nothing lost' : `${faults.length} faults`;
    console.log(`${engine}: ${verdict} in ${minutes} minutes: ${JSON.stringify(counts)}`);
    failed ||= faults.length > 0;
  } catch (error) {
    console.error(`${engine}: the run failed before its end:`, error);
    failed = true;
  }
}
process.exitCode = failed ? 1 : 0;
