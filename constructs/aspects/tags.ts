/** Tags of everything in a scope, as the AWS CDK has them. */
import type { IConstruct } from 'constructs';
import { Aspects, type IAspect, TerraformResource, Token } from '../cdk.ts';
import { declaring } from '../stacks/declaring.ts';
import { refuse } from '../stacks/refuse.ts';

export interface TagOptions {
  /**
   * Only resources of these Terraform types.
   * @default - all that have tags
   * @example ['aws_kms_key']
   */
  readonly includeResourceTypes?: string[];
  /**
   * All resources but those of these Terraform types.
   * @default - none
   * @example ['aws_iam_role']
   */
  readonly excludeResourceTypes?: string[];
}

/**
 * Adds tags to everything below a construct that has tags: keys, roles, users. A tag that is nearer to the resource wins
 * over one further out, and both over the tag of that name in the resource's props.
 * @example Tags.of(app).add('Department', 'sales')
 */
export class Tags {
  readonly #scope: IConstruct;

  private constructor(scope: IConstruct) {
    this.#scope = scope;
  }

  static of(scope: IConstruct): Tags {
    return new Tags(scope);
  }

  /** Gives everything in the scope this tag. */
  add(name: string, value: string, options: TagOptions = {}): void {
    Aspects.of(this.#scope).add(new TagAspect(options, (tags) => ({ ...tags, [name]: value })));
  }

  /** Takes this tag from everything in the scope that its props, or a scope further out, give it. */
  remove(name: string, options: TagOptions = {}): void {
    Aspects.of(this.#scope).add(new TagAspect(options, ({ [name]: _removed, ...others }) => others));
  }
}

type TagMap = Record<string, string>;

class TagAspect implements IAspect {
  readonly #options: TagOptions;
  readonly #change: (tags: TagMap) => TagMap;

  constructor(options: TagOptions, change: (tags: TagMap) => TagMap) {
    this.#options = options;
    this.#change = change;
  }

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || !('tagsInput' in node)) return;
    const { includeResourceTypes: only, excludeResourceTypes: but = [] } = this.#options;
    const type = node.terraformResourceType;
    if (but.includes(type) || (only !== undefined && !only.includes(type))) return;
    const resource = node as TerraformResource & { tagsInput?: TagMap; tags: TagMap; resetTags(): void };
    if (Token.isUnresolved(resource.tagsInput)) {
      refuse(
        declaring(node),
        'Its tags are a value that only Terraform knows, so no tag can be added to them or taken from them.',
        'Give the tags as an object, or leave its type out with excludeResourceTypes.',
      );
    }
    const tags = this.#change(resource.tagsInput ?? {});
    if (Object.keys(tags).length > 0) resource.tags = tags;
    else resource.resetTags();
  }
}
