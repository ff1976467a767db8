#!/bin/sh
# What a shell script does: one call of the AWS CLI after another.
# Arguments: the operation, and a file with a line for each person, in fields that tabs separate.
set -eu
operation=$1
tab=$(printf '\t')

call() {
  action=$1
  shift
  aws codestar "$action-user-profile" --endpoint-url "$AWS_ENDPOINT_URL_CODESTAR" "$@"
}

while IFS="$tab" read -r arn name address key; do
  case $operation in
    up)
      call create --user-arn "$arn" --display-name "$name" --email-address "$address" \
        --ssh-public-key "$key" >/dev/null
      ;;
    destroy)
      call delete --user-arn "$arn" >/dev/null
      ;;
    *)
      live=$(call describe --user-arn "$arn" \
        --query '[displayName, emailAddress, sshPublicKey]' --output text)
      [ "$live" = "$name$tab$address$tab$key" ] && continue
      echo "$arn differs"
      if [ "$operation" = repair ]; then
        call update --user-arn "$arn" --display-name "$name" --email-address "$address" \
          --ssh-public-key "$key" >/dev/null
      fi
      ;;
  esac
done <"$2"
