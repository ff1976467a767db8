#!/bin/sh
# Proves that the newest backup in a folder can be restored and served, and leaves nothing behind:
#   restore-drill.sh FOLDER [HOURS]
# Fails when there is none, when the newest is older than HOURS (26 when absent), or when it cannot be restored, or served.
set -eu

folder=${1:?usage: restore-drill.sh FOLDER [HOURS]}
hours=${2:-26}

fail() {
  echo "restore drill: $1" >&2
  exit 1
}

newest=
for file in "$folder"/*.db; do
  # Their names hold the time in UTC, so the last in the order of names is the newest.
  [ -f "$file" ] && newest=$file
done
[ -n "$newest" ] || fail "there is no backup in $folder"
[ -n "$(find "$newest" -mmin "-$((hours * 60))")" ] || fail "$newest is older than $hours hours"

work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

codestar-profiles restore --from "$newest" --store "file:$work/profiles.db"
codestar-profiles serve --store "file:$work/profiles.db" --port 0 >"$work/out" 2>"$work/log" &
server=$!
url=
while [ -z "$url" ]; do
  kill -0 "$server" 2>/dev/null || fail "the restored store cannot be served: $(cat "$work/log")"
  sleep 0.2
  url=$(sed -n 's/^Profile service at \([^ ]*\) .*/\1/p' "$work/out")
done
curl --fail --silent --show-error --max-time 10 "$url/health" >/dev/null || fail "the restored store is not well"
curl --fail --silent --show-error --max-time 10 --header 'X-Amz-Target: CodeStar_20170419.ListUserProfiles' \
  --data '{"maxResults":100}' "$url/" >/dev/null || fail "the restored profiles cannot be listed"
echo "restore drill: $newest can be restored and served"
