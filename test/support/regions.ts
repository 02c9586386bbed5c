/** Valid and invalid Region names: every place that reads a Region follows the same rule. */
export const regionNames = [
  'eu-central-1',
  'us-east-1',
  'ap-northeast-3',
  'us-gov-west-1',
  'us-isob-east-1',
  'eusc-de-east-1',
  'cn-north-1',
  'eu-west-12',
] as const;

export const notRegionNames = [
  'nowhere',
  'eu-central',
  'eu-central-',
  'eu-central-100',
  'EU-central-1',
  'e-central-1',
  'eu-c-1',
  'eu_central_1',
  'eu-central-1a',
  'eu--central-1',
  'eu-a1-central-1',
  'one-two-three-four-1',
  'middling-abcdefghijkl-abcdefghij-1',
  'eu-central-1 ',
  'eu-central-1\n',
] as const;
