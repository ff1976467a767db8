import pulumi
import pulumi_codestar as codestar

ada = codestar.UserProfile(
    "ada",
    user_arn="arn:aws:iam::123456789012:user/ada",
    display_name="Ada Lovelace",
    email_address="ada@example.com",
)

live = codestar.get_user_profile_output(user_arn=ada.user_arn)

pulumi.export("region", ada.region)
pulumi.export("emailAddress", live.email_address)
