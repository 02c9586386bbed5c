/**
 * Constructs that had another id or place before. Terraform knows a resource by its address, which the CDK makes from the
 * ids on the construct's path: so for every resource below a renamed construct the address that it had is made in the
 * same way, and a `moved` block leads from there to the present one.
 */
import type { IConstruct } from 'constructs';
import { Aspects, TerraformElement, TerraformResource, TerraformStack, Token } from '../cdk.ts';
import { logicalIdAt } from './logical-ids.ts';
import { refuse } from './refuse.ts';

/** Ids below the stack. */
type Place = readonly string[];

/** A place of its own, or an id beside the present one, wherever that was. */
type Rename = { readonly place: Place } | { readonly id: string };

interface Move {
  readonly resource: TerraformResource;
  readonly from: string;
  readonly to: string;
}

const renames = new WeakMap<IConstruct, Rename[]>();

export function recordRename(construct: IConstruct, oldId: string): void {
  const rename = parse(construct, oldId);
  renames.set(construct, [...(renames.get(construct) ?? []), rename]);
  RenameBlocks.ensure(TerraformStack.of(construct));
  construct.node.addValidation({ validate: () => stillDeclared(construct, oldId) });
}

function parse(construct: IConstruct, oldId: string): Rename {
  if (Token.isUnresolved(oldId) || !/^[^/\s][^/]*(\/[^/]+)*$/.test(oldId)) {
    return refuse(construct, `"${oldId}" is not an id of a construct.`, 'Write the id or the path that it had.');
  }
  if (oldId === construct.node.id || oldId === construct.node.path) {
    refuse(construct, `renamedFrom('${oldId}') names the present id.`, 'Name the one that the construct had before.');
  }
  if (!oldId.includes('/')) return { id: oldId };
  const stack = TerraformStack.of(construct).node.path;
  if (oldId.startsWith(`${stack}/`)) return { place: oldId.slice(stack.length + 1).split('/') };
  return refuse(
    construct,
    `"${oldId}" is not a path in the stack "${stack}".`,
    `Begin it with "${stack}/". What was in another stack is moved by hand: let Terraform forget it there with a removed ` +
      'block, and import it here.',
  );
}

/**
 * The path that the construct had first, as far as renames say so. What a program makes of a path and Terraform must not
 * change, such as a generated name, is made of this one.
 */
export function oldestPathOf(construct: IConstruct): string {
  if (!construct.node.scopes.some((scope) => renames.has(scope))) return construct.node.path;
  const stack = TerraformStack.of(construct);
  const [oldest = []] = placesOf(construct, stack);
  return [stack.node.path, ...oldest].join('/');
}

/** Every place that the construct had, and those that follow from its scopes' renames; the present one comes last. */
function placesOf(construct: IConstruct, stack: TerraformStack): Place[] {
  const { scope, id } = construct.node;
  if (construct === stack || scope === undefined) return [[]];
  const above = placesOf(scope, stack);
  const below = (name: string) => above.map((place) => [...place, name]);
  const before = (renames.get(construct) ?? []).flatMap((one) => ('id' in one ? below(one.id) : [one.place]));
  return [...before, ...below(id)];
}

/**
 * One chain of moves for each resource: wherever in it Terraform's state has the object, it comes to the end. Two moves to
 * one address would be an error.
 */
function movesBelow(scope: IConstruct, stack: TerraformStack): Move[] {
  return resourcesBelow(scope, stack)
    .filter((resource) => resource.node.scopes.some((above) => renames.has(above)))
    .flatMap((resource) => movesOf(resource, stack));
}

function movesOf(resource: TerraformResource, stack: TerraformStack): Move[] {
  const ids = placesOf(resource, stack).map((place) => logicalIdAt(stack, place));
  const present = ids.pop();
  // An address that was set by hand does not follow from the path.
  if (present !== resource.friendlyUniqueId) return [];
  const chain = [...new Set(ids.filter((id) => id !== present)), present];
  const address = (id: string) => `${resource.terraformResourceType}.${id}`;
  return chain.slice(1).map((id, index) => ({ resource, from: address(String(chain[index])), to: address(id) }));
}

function resourcesBelow(scope: IConstruct, stack: TerraformStack): TerraformResource[] {
  return scope.node
    .findAll()
    .filter((node): node is TerraformResource => TerraformResource.isTerraformResource(node))
    .filter((resource) => resource.cdktfStack === stack);
}

const addressOf = ({ terraformResourceType, friendlyUniqueId }: TerraformResource): string =>
  `${terraformResourceType}.${friendlyUniqueId}`;

function stillDeclared(construct: IConstruct, oldId: string): string[] {
  const stack = TerraformStack.of(construct);
  const declared = new Map(resourcesBelow(stack, stack).map((resource) => [addressOf(resource), resource] as const));
  const old = movesBelow(construct, stack).map(({ from }) => declared.get(from));
  const [found] = old.filter((resource) => resource !== undefined);
  if (found === undefined) return [];
  return [
    `The construct was renamed from '${oldId}', and the stack still declares ${found.node.path}. One of the two is a new ` +
      'object: give it an id that nothing had before, or leave renamedFrom out.',
  ];
}

/** The `moved` blocks of a stack. */
class RenameBlocks extends TerraformElement {
  static ensure(stack: TerraformStack): void {
    if (stack.node.tryFindChild('KeysteadRenames') === undefined) new RenameBlocks(stack, 'KeysteadRenames');
  }

  constructor(stack: TerraformStack, id: string) {
    super(stack, id);
    Aspects.of(stack).add({ visit: keepOldPath });
    this.node.addValidation({ validate: () => ambiguities(movesBelow(stack, stack)) });
  }

  override toTerraform(): object {
    const moved = this.#moves.map(({ from, to }) => ({ from, to }));
    return moved.length === 0 ? {} : { moved };
  }

  override toHclTerraform(): object {
    const moved = this.#moves.map(({ from, to }) => ({ from: reference(from), to: reference(to) }));
    return moved.length === 0 ? {} : { moved };
  }

  get #moves(): Move[] {
    return movesBelow(this.cdktfStack, this.cdktfStack);
  }
}

const reference = (value: string) => ({ value, isBlock: false, type: 'simple', storageClassType: 'reference' });

/** Terraform accepts one way from each address, and one to each. */
function ambiguities(moves: readonly Move[]): string[] {
  const claims = new Map<string, Move[]>();
  for (const move of moves) claims.set(move.from, [...(claims.get(move.from) ?? []), move]);
  const twice = [...claims.values()].filter((claim) => claim.length > 1);
  const moved = moves.map(({ resource }) => resource).filter((resource) => resource.hasResourceMove() !== undefined);
  return [
    ...twice.map(
      (claim) =>
        `Two constructs were renamed from one: ${claim.map(({ resource }) => resource.node.path).join(' and ')}. Only one ` +
        'of them can be the old object.',
    ),
    ...[...new Set(moved)].map(
      (resource) =>
        `${resource.node.path} has a move of its own (moveFromId, moveTo) beside renamedFrom, which covers it. Leave the ` +
        'move out.',
    ),
  ];
}

/**
 * The path of a key's construct in Terraform's state stays the oldest one while the rename is declared: so the plan of a
 * rename has no changes. Once the call is gone, the next plan updates it, in the state alone.
 */
function keepOldPath(node: IConstruct): void {
  const { scope } = node.node;
  if (!hasConstructPath(node) || scope === undefined || node.constructPathInput !== scope.node.path) return;
  node.constructPath = oldestPathOf(scope);
}

type Located = IConstruct & { constructPath: string; readonly constructPathInput: string | undefined };

const hasConstructPath = (node: IConstruct): node is Located =>
  TerraformResource.isTerraformResource(node) && 'constructPathInput' in node;
