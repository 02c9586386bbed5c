/**
 * The one place that names the CDK. Everything else in this workspace, the generated bindings included, imports it from
 * here; `build.ts` makes one build per CDK (CDKTF and its successor CDK Terrain) by pointing this line at the other.
 */
export * from 'cdktf';
