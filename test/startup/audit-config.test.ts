import { auditSettings, defaultAudit } from '@keystead/control-plane/startup/audit-config.ts';

test('by default the log is signed every five minutes, kept forever, and delivered nowhere', () => {
  expect(auditSettings(defaultAudit)).toEqual({ checkpointIntervalMs: 300_000 });
});

test('days and seconds become milliseconds', () => {
  const config = {
    ...defaultAudit,
    checkpointIntervalInSeconds: 2,
    retentionInDays: 90,
    logDirectory: '/var/log/keys',
  };
  expect(auditSettings(config)).toEqual({
    checkpointIntervalMs: 2000,
    retentionMs: 7_776_000_000,
    logDirectory: '/var/log/keys',
  });
});
