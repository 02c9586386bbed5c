import { compactModule } from '@keystead/provider-schema/generators/compact.ts';
import { validatorsModule } from '@keystead/provider-schema/generators/validators.ts';
import { operationNames, operations } from '@keystead/provider-schema/operations/index.ts';

describe('the validators module', () => {
  const functions = [...validatorsModule().matchAll(/^(export )?function (\w+)\(data\)/gm)].map(
    ([, exported, name]) => ({ name, exported: exported !== undefined }),
  );

  test('has one function for each shape', () => {
    const names = functions.map(({ name }) => name);
    expect(names).toContain('KeyIdType');
    expect(names).toContain('EncryptionContextKey');
    expect(new Set(names).size).toBe(names.length);
  });

  test('exports the inputs of operations', () => {
    const exported = functions.filter((each) => each.exported).map(({ name }) => name ?? '');
    expect(exported.sort()).toEqual([...new Set(operationNames.map((name) => operations[name].input))].sort());
  });
});

const validate = `export const Input = validate1;
function validate1(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="Input" */;
let vErrors = null;
let errors = 0;
if(data < 1){
const err0 = {instancePath,schemaPath:"#/minimum",keyword:"minimum",params:{}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
validate1.errors = vErrors;
return errors === 0;
}
`;

describe('a function of AJV', () => {
  test('returns its violations under the name of its shape', () => {
    expect(compactModule(validate)).toContain(`export function Input(data){
let vErrors = null;
if(data < 1){
vErrors = and(vErrors, {instancePath,keyword:"minimum",params:{}});
}
return vErrors;
}
`);
  });

  test.each([
    ['another head', 'rootData=data}={})', 'rootData=data, dynamicAnchors={}}={})'],
    ['another way to keep a violation', 'vErrors.push(err0);', 'vErrors[errors] = err0;'],
    ['another end', 'return errors === 0;', 'return !errors;'],
  ])('with %s is rejected', (_, known, unknown) => {
    expect(() => compactModule(validate.replace(known, unknown))).toThrow("AJV's code has an unexpected form");
  });
});
