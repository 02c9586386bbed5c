/** `aws_iam_openid_connect_provider`. */
import { awsIamOpenidConnectProvider as record } from '@keystead/provider-schema/resources/aws-iam-openid-connect-provider.ts';
import { changeTags, findEntity, iam, newTags, removeEntity, tagsOf } from './shared/identities.ts';
import { identityResource } from './shared/identity-resource.ts';
import { requireText, textsOf } from './shared/values.ts';

export const awsIamOpenidConnectProvider = identityResource({
  record,
  title: 'IAM OIDC Provider',

  async create(client, planned) {
    const { OpenIDConnectProviderArn: arn = '' } = await iam(client, 'CreateOpenIDConnectProvider', {
      Url: requireText(planned, 'url'),
      ClientIDList: textsOf(planned, 'client_id_list'),
      ThumbprintList: textsOf(planned, 'thumbprint_list'),
      Tags: newTags(client, planned),
    });
    return { id: arn, arn };
  },

  async read(client, state) {
    const OpenIDConnectProviderArn = requireText(state, 'id');
    const provider = await findEntity(() => iam(client, 'GetOpenIDConnectProvider', { OpenIDConnectProviderArn }));
    if (provider === undefined) return null;
    return {
      ...state,
      arn: OpenIDConnectProviderArn,
      client_id_list: provider.ClientIDList ?? [],
      thumbprint_list: provider.ThumbprintList ?? [],
      url: provider.Url ?? null,
      ...tagsOf(client, provider.Tags, state),
    };
  },

  changeSteps(client, prior, planned) {
    const OpenIDConnectProviderArn = requireText(prior, 'id');
    const [before, after] = [textsOf(prior, 'client_id_list'), textsOf(planned, 'client_id_list')];
    const ThumbprintList = textsOf(planned, 'thumbprint_list');
    return [
      [
        'client_id_list',
        true,
        async () => {
          for (const ClientID of after.filter((one) => !before.includes(one))) {
            await iam(client, 'AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID });
          }
          for (const ClientID of before.filter((one) => !after.includes(one))) {
            await iam(client, 'RemoveClientIDFromOpenIDConnectProvider', { OpenIDConnectProviderArn, ClientID });
          }
        },
      ],
      [
        'thumbprint_list',
        ThumbprintList.join() !== textsOf(prior, 'thumbprint_list').join(),
        () => iam(client, 'UpdateOpenIDConnectProviderThumbprint', { OpenIDConnectProviderArn, ThumbprintList }),
      ],
      [
        'tags',
        true,
        () =>
          changeTags(client, prior, planned, {
            untag: (TagKeys) => iam(client, 'UntagOpenIDConnectProvider', { OpenIDConnectProviderArn, TagKeys }),
            tag: (Tags) => iam(client, 'TagOpenIDConnectProvider', { OpenIDConnectProviderArn, Tags }),
          }),
      ],
    ];
  },

  remove: (client, state) =>
    removeEntity(() =>
      iam(client, 'DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: requireText(state, 'id') }),
    ),

  importState: (id) => (/^arn:[^:]+:iam::\d+:oidc-provider\/.+$/.test(id) ? { id } : undefined),
});
