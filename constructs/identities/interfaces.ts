/** The interfaces of identities, whether this program declares them or only refers to them. */
import type { IConstruct } from 'constructs';
import type { IPrincipal } from '../policies/principal-interface.ts';

/** A user. */
export interface IUser extends IConstruct, IPrincipal {
  readonly userName: string;
  readonly userArn: string;
}

/** A role, in all its sessions. */
export interface IRole extends IConstruct, IPrincipal {
  readonly roleName: string;
  readonly roleArn: string;
}

/** A group of users. It has policies, but key policies and grants cannot name it. */
export interface IGroup extends IConstruct, IPrincipal {
  readonly groupName: string;
}

/** A managed policy, which users, groups and roles can have. */
export interface IManagedPolicy extends IConstruct {
  readonly policyArn: string;
}
