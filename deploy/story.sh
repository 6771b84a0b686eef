#!/bin/bash
# The story of a certificate, with real programs on this machine:   deploy/story.sh BUILD_DIR [-v]
# A district's hub and three laptops: A and B of village 1, C of village 2 behind a slow line. They are cut off, go on
# issuing, are killed while they work, and meet again. Nothing that was acknowledged may be missing, nothing twice.
# Read it as a worked example: every command of both programs is here. -v prints each one. All people are synthetic.
# The last line is one JSON object; exit status 0 only if its numbers fit. Only 127.0.0.1, own folder, own processes.
set -uo pipefail
umask 077

[ $# -ge 1 ] && [ -x "$1/cunzheng" ] && [ -x "$1/cunzheng-hub" ] || {
  printf 'usage: %s BUILD_DIR [-v]   (BUILD_DIR holds cunzheng, cunzheng-hub, checker, cutting_proxy)\n' "$0" >&2
  exit 2
}
programs=$(cd "$1" && pwd)
verbose=${2-}
data=$(cd "$(dirname "${BASH_SOURCE[0]}")/data" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/cunzheng-story-XXXXXX")
start=$SECONDS

# ---------------------------------------------------------------- how this script works

declare -A process=()  # name -> id, of what this script started and has not ended

clean_up() {
  local name
  for name in "${!process[@]}"; do kill -KILL "${process[$name]}" 2>/dev/null; done
  wait 2>/dev/null
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' TERM
trap 'exit 130' INT

chapter() { printf '\n%s\n' "$*"; }
tell() { printf '  %s\n' "$*"; }
fail() {  # ends the story, also from inside a pipe
  printf '\nThe story broke off: %s\n' "$*" >&2
  tail -n 5 "$work"/*.err 2>/dev/null >&2
  [ "$BASHPID" = $$ ] || kill -TERM $$
  exit 1
}
show_command() { [ "$verbose" != -v ] || printf '    $ %s\n' "${*//"$work/"/}" >&2; }

# Every reply passes by the witness, another process, which keeps what in it was an acknowledgement.
witness() { "$programs/checker" keep "$work/acks-$1"; }

# hub COMMAND...: the reply as one line of JSON. A hub that serves gets it through its control socket.
hub() {
  show_command cunzheng-hub "$@"
  "$programs/cunzheng-hub" "$@" --store "$work/hub" --json 2>"$work/hub-command.err" | witness hub ||
    fail "cunzheng-hub $*: $(cat "$work/hub-command.err")"
}

# laptop NAME COMMAND...: the same for laptop A, B or C.
laptop() {
  local name=$1
  shift
  show_command cunzheng "$@" "# laptop $name"
  "$programs/cunzheng" "$@" --store "$work/$name" --passphrase-file "$work/secrets/laptop-$name" --json \
    2>"$work/laptop-command.err" | witness "$name" || fail "laptop $name: cunzheng $*: $(cat "$work/laptop-command.err")"
}

# hub_says COMMAND...: the same in the words that people get.
hub_says() {
  show_command cunzheng-hub "$@"
  "$programs/cunzheng-hub" "$@" --store "$work/hub" --lang zh 2>"$work/hub-command.err" || fail "cunzheng-hub $*: $(cat "$work/hub-command.err")"
}

# wants EXPRESSION WHAT: standard input is JSON for which jq's EXPRESSION is true, or the story breaks off.
wants() {
  local reply
  reply=$(cat)
  jq -e "$1" <<<"$reply" >/dev/null || fail "$2; the answer was: $reply"
}

# until_true WHAT COMMAND...: two minutes are much even for a machine that is busy with other things.
until_true() {
  local what=$1 seconds=120 deadline
  deadline=$((SECONDS + seconds))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "waited $seconds s for this: $what"
    sleep 0.05
  done
}

# run NAME COMMAND...: starts a program of the story; its outputs go to NAME.out and NAME.err.
run() {
  local name=$1
  shift
  show_command "${@##*/}" "&"
  : >"$work/$name.out"  # what an earlier run said is not what this one says
  "$@" >"$work/$name.out" 2>>"$work/$name.err" &
  process[$name]=$!
}
has_said() { [ -s "$work/$1.out" ]; }
end() {  # end NAME [SIGNAL]: ends what run() started
  kill "-${2:-TERM}" "${process[$1]}" 2>/dev/null
  wait "${process[$1]}" 2>/dev/null
  unset "process[$1]"
}

hub_port=0
start_hub() {
  run serve "$programs/cunzheng-hub" serve --store "$work/hub" --listen "127.0.0.1:$hub_port"
  until_true 'the hub listens' has_said serve
  hub_port=$(jq -r '.listening | split(":")[-1]' "$work/serve.out")
}
line_port=0
start_line() {  # the line between village 2 and the hub; start_line BITS_PER_SECOND, 0: fast
  run line "$programs/cutting_proxy" "$line_port" 127.0.0.1 "$hub_port" --bits-per-second "$1"
  until_true 'the line is up' has_said line
  line_port=$(head -n 1 "$work/line.out" | jq -r .port)
}
# start_laptop NAME: from now on it runs, takes commands through its control socket, and connects whenever it can.
start_laptop() {
  run "laptop-$1" "$programs/cunzheng" sync --store "$work/$1" --passphrase-file "$work/secrets/laptop-$1" --json
  until_true "laptop $1 runs" has_said "laptop-$1"
}

passphrase() {  # passphrase NAME: a file with a good one; prints its path
  local file=$work/secrets/$1
  [ -s "$file" ] || printf '%s\n' "$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')-$1" >"$file"
  printf '%s' "$file"
}

# The day in China; looked at again before what is dated by hand, for midnight may pass while the story plays.
look_at_the_calendar() { today=$(TZ=Asia/Shanghai date +%F); }
look_at_the_calendar
day() { TZ=Asia/Shanghai date -d "$today $1 days" +%F; }  # day -20

# ---------------------------------------------------------------- the people, and what they hand in

declare -A id_number=(
  [测试甲]=120199196103159017 [测试乙]=120199198508229027 [测试丙]=120199199001019033 [测试丁]=120199200002299044
  [测试戊]=120199197905179057 [测试己]=120199195212309067 [测试癸]=120199193201189101 [演示辰]=120199194708029152
)
person() { jq -cn --arg name "$1" --arg number "${id_number[$1]}" '{name: $name, id_number: $number}'; }

# application PERSON UNIT JSON: what a resident asks for; JSON says the rest.
application() {
  jq -cn --argjson applicant "$(person "$1")" --arg unit "$2" --argjson rest "$3" \
    '{applicant: $applicant, requesting_unit: $unit} + $rest'
}
residence='{"item": "residence-in-community", "purpose": "school-enrolment", "requester_kind": "school",
  "facts": {"address": "村东12号", "since": "2019-09-01", "residence_type": "租住", "hukou_here": "false", "evidence": "租赁合同"}}'
volunteering='{"item": "community-participation", "purpose": "volunteer-record", "requester_kind": "employer",
  "facts": {"activity": "清理河道", "period_from": "2026-03-05", "period_to": "2026-03-06"}}'

signing() {  # signing VILLAGE: the options by which its handler and head sign and its keeper seals
  printf '%s\n' --handler "${handler[$1]}" --handler-passphrase-file "$work/secrets/${handler[$1]}" \
    --head "${head[$1]}" --head-passphrase-file "$work/secrets/${head[$1]}" --seal-keeper "${keeper[$1]}"
}
declare -A handler=([v1]=测试壬 [v2]=演示巳) head=([v1]=演示子 [v2]=测试辛) keeper=([v1]=演示丑 [v2]=测试戊)
mapfile -t sign_v1 < <(signing v1)
mapfile -t sign_v2 < <(signing v2)

# issue NAME JSON [OPTION...]: on the spot
issue() {
  local name=$1 input=$2 sign=sign_v1
  shift 2
  [ "$name" != C ] || sign=sign_v2
  local -n options=$sign
  laptop "$name" issue --input - "${options[@]}" "$@" <<<"$input" >"$work/last"
  wants '.answer == "issued"' "laptop $name did not issue" <"$work/last"
}
refuse() {  # refuse NAME JSON REASON
  local village=v1
  [ "$1" != C ] || village=v2
  laptop "$1" refuse --input - --handler "${handler[$village]}" <<<"$2" | tee "$work/last" |
    wants ".answer == \"refused\" and .reason == \"$3\" and (.right_way.zh | length) > 0" "laptop $1: a refusal ($3)"
}
batch_of() {  # batch_of COUNT PERSON: applications, one a line, each for another school
  jq -cn --argjson count "$1" --argjson applicant "$(person "$2")" --argjson rest "$residence" \
    'range(1; $count + 1) as $k | {ref: "\($k)", applicant: $applicant, requesting_unit: "示范第\($k)小学"} + $rest'
}
minutes() {  # minutes PRESENT: a representatives' meeting of 32 on a homestead, three weeks ago
  jq -cn --argjson present "$1" --arg held "$(day -21)" --arg from "$(day -20)" --arg to "$(day -13)" --arg signed "$(day -10)" '{
    minutes: {kind: "representatives_meeting", mode: "members", matter: "homestead", held_on: $held,
      scope: {items: ["homestead-opinion"], uses_max: 1},
      counts: {entitled: 32, present: $present, votes_for: 19, votes_against: 1, votes_abstain: ($present - 20),
        body_representatives: 27, body_women_representatives: 12, households: 300},
      flags: {party_organisation_discussed: true, empowered_by_villagers_meeting: true},
      public_notice: {from: $from, to: $to, objections: 0, objections_open: 0}, head_signed_on: $signed},
    record: {topic: "村民建房用地申请", place: "村委会", views: "同意上报", attendance: [], minutes_taker: "演示寅",
      objections_text: "", photos: []}}'
}
homestead() {  # homestead CODE: an application that rests on those minutes
  application 测试甲 示范镇人民政府 "$(jq -cn --arg code "$1" --arg from "$(day -20)" --arg to "$(day -13)" '{
    item: "homestead-opinion", purpose: "homestead-approval", requester_kind: "township-or-street", deliberation: $code,
    facts: {household: "测试甲一户三人", plot: "村北，东至路，150平方米", existing_plots: "0", floor_area: "120平方米一层",
      deliberation_ref: $code, notice_from: $from, notice_to: $to},
    verification_methods: ["入户走访"], verification_text: "两名委员到现场看过地块", risk_assessment: "四至清楚，邻里签字，无争议"}')"
}
commitment_of() {
  jq -cn --argjson person "$(person "$1")" '{person: $person, matter: "trial-relief-household", facts: "共同生活家庭成员三人"}'
}

# ---------------------------------------------------------------- the district's data, with days that fit today

mkdir "$work/secrets" "$work/data"
# The shipped lists are of 2026. So that the story plays on any day, revision 7 has been in force for some months and
# revision 8 since yesterday, and a year without a notice of holidays gets one without holidays.
jq --arg from "$(day -180)" '.effective_from = $from' "$data/catalogue-7.json" >"$work/data/catalogue-7.json"
jq --arg from "$(day -1)" --arg to "$(day -2)" '.effective_from = $from |
  (.issuable[] | select(.id == "community-participation")).in_force_to = $to' "$data/catalogue-8-trial.json" >"$work/data/catalogue-8.json"
jq --argjson year "${today%%-*}" 'reduce ($year, $year + 1) as $y (.;
  if any(.years[]; .year == $y and .status == "complete") then .
  else .years = ([.years[] | select(.year != $y)] + [{year: $y, status: "complete", certainty: "unknown",
    note: "演示用：没有放假安排"}] | sort_by(.year)) end)' "$data/calendar.json" >"$work/data/calendar.json"
cp "$data/quorums.json" "$data/commitment-trial.json" "$work/data/" || fail 'the data files are not there'

# ---------------------------------------------------------------- 1

chapter '1. The district sets up its hub'
hub init --district 示范区 --host 127.0.0.1 --root-key "$work/root.key" --root-passphrase-file "$(passphrase root)" >/dev/null
tell 'init: a root key for the safe, a machine key, an empty store'
for officer in 演示午 演示未; do
  hub officer add --name "$officer" --officer-passphrase-file "$(passphrase "$officer")" \
    --root-key "$work/root.key" --root-passphrase-file "$(passphrase root)" >/dev/null
done
tell 'officer add: two officers of the district, certified by the root; what binds villages needs both'
two_officers=(--officer1 演示午 --officer1-passphrase-file "$(passphrase 演示午)"
  --officer2 演示未 --officer2-passphrase-file "$(passphrase 演示未)")

start_hub
tell "serve: the hub listens on 127.0.0.1:$hub_port"
hub catalogue publish --file "$work/data/catalogue-7.json" "${two_officers[@]}" | wants '.revision == 7' 'catalogue 7'
hub calendar publish --file "$work/data/calendar.json" --effective-from "$(day -365)" "${two_officers[@]}" >/dev/null
hub quorums publish --file "$work/data/quorums.json" --effective-from "$(day -365)" "${two_officers[@]}" >/dev/null
hub forms publish --file "$work/data/commitment-trial.json" --effective-from "$(day -365)" "${two_officers[@]}" >/dev/null
tell 'publish: catalogue revision 7, the working days, the quorums, the commitment forms, signed by both officers'

hub body add --body v1 --full-name 天津市示范区示范镇示范甲村村民委员会 --short-name 示范甲村 --code12 120199101201 \
  --credit-code 54120199TX000001XX --phone 022-00000001 --from "$(day -365)" >/dev/null
village_2=(--body v2 --full-name 天津市示范区示范镇示范乙村村民委员会 --short-name 示范乙村 --code12 120199101202
  --credit-code 54120199TX0000028X)
hub body add "${village_2[@]}" --phone 022-00000002 --from "$(day -365)" >/dev/null
hub body change "${village_2[@]}" --phone 022-00000003 --from "$today" >/dev/null
tell 'body add, body change: villages 1 (示范甲村) and 2 (示范乙村); village 2 has a new telephone from today on'

# ---------------------------------------------------------------- 2

chapter '2. Three laptops are enrolled, each by one code on a slip of paper'
start_line 0
enrol() {  # enrol NAME VILLAGE PORT
  local code
  code=$(hub enrolment new --body "$2" --label "$1" | jq -r .code)
  passphrase "laptop-$1" >/dev/null
  laptop "$1" enrol --hub "127.0.0.1:$3" --code "$code" --body "$2" --label "$1" |
    wants '.enrolled and .first_sync and .catalogue_revision == 7' "laptop $1 is not enrolled"
}
enrol A v1 "$hub_port"
enrol B v1 "$hub_port"
enrol C v2 "$line_port"
tell 'enrol: A and B belong to village 1, C to village 2; each has catalogue 7 and a series letter of its own'
start_laptop A
start_laptop C

# Keys are made where people are; the district appoints their holders to posts.
add_officer() {  # add_officer LAPTOP NAME
  laptop "$1" officer add --name "$2" --officer-passphrase-file "$(passphrase "$2")" | wants '.officer' "a key for $2"
}
appoint() { hub appoint --body "$1" --officer "$2" --post "$3" --from "$(day -365)" >/dev/null; }
for name in 测试壬 演示子 演示丑; do add_officer A "$name"; done
for name in 演示巳 测试辛 测试戊; do add_officer C "$name"; done
laptop A sync --once | wants .in_step 'A is not in step'
laptop C sync --once | wants .in_step 'C is not in step'
appoint v1 测试壬 handler
appoint v1 演示子 head
appoint v1 演示丑 seal_keeper
appoint v2 演示巳 handler
appoint v2 测试辛 head
appoint v2 测试戊 seal_keeper
hub officer list | wants '[.officers[].name] | sort == ["演示午", "演示未"]' 'the officers of the district'
hub officer list --body v1 | wants '.officers | length == 3' 'the officers of village 1'
tell 'officer add, officer list, appoint: in each village a handler, a head and a seal keeper, each with a key and passphrase of their own'
# The same people work at B: their key files come over on a stick. Only their own passphrases open them.
mkdir -p "$work/B/officers" && cp "$work/A/officers/"* "$work/B/officers/"
for name in A B C; do laptop "$name" sync --once | wants .in_step "$name is not in step"; done
laptop B status | wants '.catalogue_revision == 7 and .series == "B"' 'status of B'
tell "sync, status: all three are in step; the key files of village 1's officers were carried from A to B"

# ---------------------------------------------------------------- 3

chapter '3. The hub is off, the lines are down: the villages go on'
end serve
end line
laptop A catalogue 居住 | wants '.items[0].item == "residence-in-community"' 'the catalogue finds what was asked for'
laptop A decide --input - <<<"$(application 测试乙 示范实验小学 "$residence")" | wants '.answer == "permit" and .due == null' 'S1'
tell 'catalogue, decide: 测试乙 asks for a residence certificate for a school; it may be issued on the spot (S1)'
issue A "$(application 测试乙 示范实验小学 "$residence")"
first_number=$(jq -r .number "$work/last")
tell "issue: $first_number, signed by handler and head, stored before it was told"
for unit in 示范第一小学 示范第二小学 示范第三小学 示范第四小学; do issue A "$(application 测试丙 "$unit" "$residence")"; done
issue A "$(application 测试癸 示范老年大学 "$residence")"
spoiled=$(jq -r .number "$work/last")
laptop A spoil "$spoiled" --handler 测试壬 --kind printed_badly --reason 打印走纸 | wants '.answer == "spoiled"' 'spoil'
tell "issue, spoil: six on A; $spoiled was printed askew, is marked spoiled and its number never used again (R104)"

refuse A "$(application 测试丙 示范保安公司 '{"item": "n5-no-crime", "requester_kind": "company"}')" not_issuable
refuse A "$(application 测试甲 示范燃气公司 '{"requested_name": "房屋无人居住证明", "requester_kind": "gas-company",
  "facts": {"statement": "房屋长期无人居住"}}')" not_listed
refuse A "$(application 测试己 示范区教育局 '{"item": "t1-education", "requester_kind": "education-bureau"}')" not_issuable
tell 'refuse: no criminal record (ask the police), house standing empty (on no list), education: each slip says the right way'
laptop A inquire --input - --handler 测试壬 <<<'{"item": "residence-in-community", "question": "要带什么材料", "answer": "身份证件和租房合同"}' |
  wants '.answer == "recorded"' 'inquire'
tell 'inquire: a question and its answer are on record'

laptop A deliberate --input - --handler 测试壬 --head 演示子 --head-passphrase-file "$(passphrase 演示子)" <<<"$(minutes 24)" >"$work/good"
wants '.answer == "recorded" and .valid == "yes"' 'the meeting of 24 of 32' <"$work/good"
good=$(jq -r .code "$work/good")
issue A "$(homestead "$good")"
tell "deliberate: 24 of 32 representatives came, 19 agreed, a week's notice passed: minutes $good carry a homestead certificate (S18)"
laptop A deliberate --input - --handler 测试壬 --head 演示子 --head-passphrase-file "$(passphrase 演示子)" <<<"$(minutes 20)" >"$work/bad"
wants '.answer == "recorded" and .valid == "no"' 'the meeting of 20 of 32' <"$work/bad"
bad=$(jq -r .code "$work/bad")
refuse A "$(homestead "$bad")" deliberation_not_passed
tell "deliberate, refuse: 20 of 32 is no quorum, whatever the votes: recorded as $bad, and no ground for a certificate (S19)"

laptop A commit --input - --handler 测试壬 <<<"$(commitment_of 演示辰)" >"$work/last"
wants '.answer == "recorded" and .state == "provisional" and .exclusion != "possible_match"' "演示辰's commitment" <"$work/last"
laptop B commit --input - --handler 测试壬 <<<"$(commitment_of 测试丙)" | wants '.answer == "recorded"' 'a commitment on B'
tell 'commit: 演示辰 at A and 测试丙 at B promise in writing instead of bringing a certificate, provisionally (S41)'

laptop C decide --input - <<<"{\"commitment\": $(commitment_of 演示辰)}" | wants '.exclusion != "possible_match"' 'C knows of nothing yet'
for unit in 示范环卫中心 示范物流公司 示范养老院; do issue C "$(application 测试丁 "$unit" "$volunteering")"; done
laptop C commit --input - --handler 演示巳 <<<"$(commitment_of 演示辰)" | wants '.answer == "recorded"' 'a commitment on C'
refuse C "$(application 测试丁 示范法律援助中心 '{"item": "legal-aid-hardship", "purpose": "legal-aid", "requester_kind": "legal-aid-body",
  "facts": {"aid_matter": "劳动报酬", "household_size": "3", "income_note": "务农"}}')" commitment_instead
refuse C "$(application 测试丁 某单位党委 '{"item": "party-matters", "requester_kind": "other-government"}')" party_matter
batch_of 300 测试丁 >"$work/batch-C"
laptop C issue --batch - "${sign_v2[@]}" <"$work/batch-C" >/dev/null
tell "issue, commit, refuse on C: 3 papers on volunteering, $(wc -l <"$work/batch-C") on residence, one more commitment of 演示辰 (S42), two refusals"

# ---------------------------------------------------------------- 4

own_rows() {  # own_rows NAME KIND: what this laptop itself wrote, of all it holds
  local journal
  journal=$(laptop "$1" status | jq -r .journal)
  laptop "$1" register "$2" | jq --arg journal "$journal" '[.rows[] | select(.journal == $journal)] | length'
}

chapter '4. Laptop B is killed while its acknowledgements run'
issue B "$(application 测试己 示范第五小学 "$residence")"
batch_of 4000 测试甲 >"$work/batch-B"
touch "$work/acks-B-batch"
mkfifo "$work/told"
witness B-batch <"$work/told" >/dev/null &
process[witness]=$!
show_command cunzheng issue --batch - "# laptop B"
"$programs/cunzheng" issue --batch - "${sign_v1[@]}" --store "$work/B" --passphrase-file "$work/secrets/laptop-B" --json \
  <"$work/batch-B" >"$work/told" 2>"$work/batch-B.err" &
process[batch]=$!
acknowledged() { [ "$(wc -l <"$work/acks-B-batch")" -ge 40 ]; }
until_true 'the first acknowledgements of B' acknowledged
end batch KILL
wait "${process[witness]}"
unset 'process[witness]'
told=$(jq -c 'select(.answer == "issued")' "$work/acks-B-batch" | wc -l)
unacked=$(($(wc -l <"$work/batch-B") - told))
[ "$unacked" -ge 1 ] || fail 'the batch was over before the kill'
tell "kill -9: $told certificates had been acknowledged, $unacked lines of the batch had not"

laptop B fsck | wants '.sound' 'B is damaged'
on_file=$(own_rows B certificate)
[ "$on_file" -ge "$((told + 1))" ] || fail "B acknowledged $((told + 1)) and has $on_file"
tell "started again, fsck: the store is sound; $on_file on file, so $((on_file - told - 1)) were stored and never told"
last=$(laptop B status | jq -r .last_printed_number)
if [ "$on_file" -gt "$((told + 1))" ]; then
  laptop B spoil "$last" --handler 测试壬 --kind not_printed --reason 断电，没有打印 | wants '.answer == "spoiled"' 'spoil on B'
  tell "spoil: nobody saw $last come out of the printer, so it is marked as not printed; its number stays taken"
fi
issue B "$(application 测试己 示范第六小学 "$residence")"
tell "issue: B goes on with $(jq -r .number "$work/last")"

# ---------------------------------------------------------------- 5

chapter '5. The hub is back: A and B synchronise, C is still away'
start_hub
for name in A B; do laptop "$name" sync --once | wants .in_step "$name is not in step"; done
laptop A sync --once | wants .in_step 'A is not in step'
hub_rows() { hub register "$@" | jq '.rows | length'; }
village_rows=$(laptop A register certificate | jq '.rows | length')
[ "$village_rows" = "$(hub_rows certificate --body v1)" ] || fail 'A and the hub differ on village 1'
tell "sync, register: the hub has $village_rows certificates of village 1, and A now has those of B too"
commitment=$(hub register commitment --body v1 | jq -r '.rows[] | select(.person_name == "演示辰") | .subject')
printf '演示用：示范区民政局决定书扫描件\n' >"$work/data/decision"
look_at_the_calendar
hub credit decide --commitment "$commitment" --decision-no 示民信决〔${today%%-*}〕8号 --decided-on "$today" --deciding-organ 示范区民政局 \
  --heard-on "$(day -1)" --served-on "$today" --consequences stop,credit_record \
  --evidence "$work/data/decision" "${two_officers[@]}" | wants '.excluded == 1' 'the credit decision'
tell "credit decide: 演示辰's commitment was found false; two officers enter the decision, a list without names goes out"
hub catalogue publish --file "$work/data/catalogue-8.json" "${two_officers[@]}" | wants '.revision == 8' 'catalogue 8'
has_revision_8() { laptop A status | jq -e '.catalogue_revision == 8' >/dev/null; }
until_true 'revision 8 reaches A' has_revision_8
tell 'catalogue publish: revision 8 withdraws certificates on volunteering; A, connected, has it at once; C knows of nothing (S25)'

# ---------------------------------------------------------------- 6

chapter '6. The hub is killed while C synchronises over a slow line'
c_seq() { hub inspect | jq '[.journals[] | select(.name == "v2/A") | .last_seq] | add'; }
c_entries=$(laptop C status | jq .entries)
before=$(c_seq)
start_line 32000
run sync-C "$programs/cunzheng" sync --once --store "$work/C" --passphrase-file "$work/secrets/laptop-C" --json
some_of_c() { local now; now=$(c_seq); [ "$now" -gt "$before" ]; }
until_true 'the hub stores something of C' some_of_c
end serve KILL
end sync-C
start_hub
after=$(c_seq)
[ "$after" -lt $((c_entries - 1)) ] || fail 'C had sent everything before the hub was killed'
laptop C status | wants '.unsent >= 1' 'C thinks the hub has everything'
tell "kill -9: the hub had $((after - before)) of $((c_entries - 1 - before)) new entries of C; started again, it still has them; C keeps the rest"
end line
start_line 0
laptop C sync --once | wants .in_step 'C is not in step'
[ "$(c_seq)" -ge $((c_entries - 1)) ] || fail 'the hub has not all of C'
laptop C status | wants '.catalogue_revision == 8' 'C has no revision 8'
tell 'sync: C sent the rest, nothing twice, and has catalogue 8'

# ---------------------------------------------------------------- 7

chapter '7. What the district sees, and what flows back'
end serve
end line
is_cut_off() { laptop C status | jq -e '.connected | not' >/dev/null; }
until_true 'C notices that its line is gone' is_cut_off
laptop C decide --input - <<<"{\"commitment\": $(commitment_of 演示辰)}" >"$work/last"
excluded_known=$(jq '.exclusion == "possible_match" and .answer == "refusal"' "$work/last")
[ "$excluded_known" = true ] || fail "C does not know of the exclusion: $(cat "$work/last")"
tell 'decide: at village 2, with the hub off again, a new commitment of 演示辰 is a possible match: ask the district, or bring the ordinary proof'
start_hub
start_line 0
for name in A C; do laptop "$name" sync --once | wants .in_step "$name is not in step"; done
hub findings --open >"$work/findings"
wants '[.findings[] | select(.rule == "superseded_revision" and .body == "v2")] | length == 3' 'findings on revision 8' <"$work/findings"
wants '[.findings[] | select(.rule == "commitment_excluded" and .body == "v2")] | length == 1' 'a finding on the commitment' <"$work/findings"
wants '[.findings[] | select(.body == "v1" and .rule != "commitment_excluded")] == []' 'village 1 did nothing odd' <"$work/findings"
finding=$(jq -r 'first(.findings[] | select(.rule == "superseded_revision")) | .id' "$work/findings")
paper=$(jq -r 'first(.findings[] | select(.rule == "superseded_revision")) | .subject' "$work/findings")
show() { grep -e "$1" "$2" | head -n 1 | sed 's/^/    | /'; }
hub_says register certificate >"$work/merged"
tell "register: $(($(wc -l <"$work/merged") - 2)) certificates of both villages are one register; three of its lines, by A, B and C:"
show "$spoiled" "$work/merged"
show "$last" "$work/merged"
show "$paper" "$work/merged"
hub_says findings --open >"$work/findings-said"
tell 'findings: the one on that last line, as the district reads it:'
show "$finding" "$work/findings-said"
laptop C findings | wants ".findings | map(.id) | index(\"$finding\") != null" 'C does not see the finding on its paper'
tell 'findings: 3 certificates rest on revision 7 although 8 was in force, 1 commitment was taken from an excluded person; all stand in the register, and C sees its own'
hub rule --finding "$finding" --outcome confirmed_as_fallback --reason 居民已凭此办结，不撤销 \
  --officer1 演示午 --officer1-passphrase-file "$(passphrase 演示午)" | wants .entry 'rule'
is_ruled() { laptop C register certificate | jq -e --arg paper "$paper" '.rows[] | select(.subject == $paper) | .state == "confirmed_as_fallback"' >/dev/null; }
until_true 'the ruling reaches C' is_ruled
tell 'rule: one is confirmed as a fallback by a person; the ruling has changed that line in the register of C'
hub rebuild | wants .same 'the registers made anew differ'
tell 'rebuild: the registers made anew from the entries are the same, byte for byte'
credit_case=$(hub register credit | jq -r '.rows[0].subject')
look_at_the_calendar
hub credit step --case "$credit_case" --step recorded --on "$today" --authority 示范区民政局 --document-no 示民信录〔${today%%-*}〕1号 \
  "${two_officers[@]}" | wants '.excluded == 1' 'the step of the credit case'
tell 'credit step: the decision is entered in the credit record, an act of its own with its own document (R81)'
for name in A B C; do laptop "$name" sync --once | wants .in_step "$name is not in step"; done
hub device revoke --body v1 --device B --reason stolen | wants .entry 'device revoke'
hub status | wants '.devices == 2 and .devices_revoked == 1' 'devices of the district'
if "$programs/cunzheng" sync --once --store "$work/B" --passphrase-file "$work/secrets/laptop-B" >/dev/null 2>&1; then fail 'B was let in'; fi
hub register certificate --body v1 | wants '[.rows[] | select(.quarantined)] == []' 'papers of B'
tell 'device revoke: laptop B is stolen and no longer let in; what it issued before stands'
hub fsck | wants '.items > 0' 'fsck of the hub'
own_journal=$(laptop C inspect | jq -r '.journals[] | select(.own) | .journal')
laptop C inspect "$own_journal" 0 | wants '.entries[0].kind == "JournalOpened" and .entries[0].seq == 0' 'inspect'
tell "fsck, inspect: every entry at the hub is sound; C's own journal begins with its opening, entry 0"

# ---------------------------------------------------------------- 8

chapter '8. Accounts'
hub findings >"$work/findings"
hub register certificate >"$work/register"
merged=$(jq '.rows | length' "$work/register")
issued=0
for name in A B C; do issued=$((issued + $(own_rows "$name" certificate))); done
# Register by register: what the laptops themselves wrote, together, is what the hub has.
for kind in certificate refusal deliberation commitment inquiry application; do
  wrote=0
  for name in A B C; do wrote=$((wrote + $(own_rows "$name" "$kind"))); done
  jq -cn --arg kind "$kind" --argjson laptops "$wrote" --argjson hub "$(hub_rows "$kind")" '{$kind, $laptops, $hub}'
done >"$work/sums"
tell "register by register, laptops together = hub: $(jq -r '"\(.kind) \(.laptops) = \(.hub)"' "$work/sums" | paste -sd, | sed 's/,/, /g')"
month=$(jq -r '.rows[-1].issued_on[:7]' "$work/register")
hub report "$month" --file "$work/report.csv" >"$work/report"
hub register certificate --body v2 --file "$work/v2.xlsx" >/dev/null
tell "report for $month to the level above: $(jq -r '.registers | "\(.certificate.lines) certificates, \(.refusal.lines) refusals, \(.commitment.lines) commitments"' "$work/report") as report.csv; the certificates of v2 as v2.xlsx, $(stat -c %s "$work/v2.xlsx") bytes"
# All the hub has, in its own words: every register, and every journal entry by entry.
{
  for kind in certificate refusal deliberation commitment inquiry application credit; do hub register "$kind"; done
  hub inspect | jq -r '.journals[] | "\(.journal) \(.last_seq)"' >"$work/journals"
  while read -r journal last; do
    for ((from = 0; from <= last; from += 1000)); do hub inspect --journal "$journal" --from "$from" --most 1000; done
  done <"$work/journals"
} >"$work/hub-has"
"$programs/checker" compare "$work/hub-has" "$work"/acks-* >"$work/compared"
compared=$?
tell "checker, another process, kept what was told and compares: $(cat "$work/compared")"
revision_of() { laptop "$1" status | jq .catalogue_newest; }
count_of() { jq --arg kind "$1" 'select(.kind == $kind) | .hub' "$work/sums"; }
summary=$(jq -cn --argjson issued "$issued" --argjson merged "$merged" --argjson refusals "$(count_of refusal)" \
  --argjson deliberations "$(count_of deliberation)" --argjson commitments "$(count_of commitment)" \
  --argjson findings "$(jq '.findings | length' "$work/findings")" \
  --argjson rulings "$(jq '[.findings[] | select(.ruling != null)] | length' "$work/findings")" \
  --argjson excluded "$excluded_known" --argjson hub_revision "$(hub status | jq .published.catalogue)" \
  --argjson laptops "[$(revision_of A), $(revision_of B), $(revision_of C)]" --argjson unacked "$unacked" \
  --slurpfile compared "$work/compared" '{issued: $issued, merged: $merged, refusals: $refusals, deliberations: $deliberations,
    commitments: $commitments, findings: $findings, rulings: $rulings, excluded_known_at_other_village: $excluded,
    catalogue_revision: {hub: $hub_revision, laptops: $laptops}, acked: $compared[0].acked, unacked: $unacked,
    lost: $compared[0].lost, duplicated: $compared[0].duplicated}')
for name in laptop-A laptop-C line serve; do end "$name"; done
tell "all ended cleanly; the story took $((SECONDS - start)) s"

fits='.issued == .merged and .issued >= 20 and .acked >= 20 and .refusals >= 5 and .deliberations >= 2 and
  .commitments >= 2 and .findings >= 1 and .rulings >= 1 and .excluded_known_at_other_village and
  ([.catalogue_revision.laptops[] == .catalogue_revision.hub] | all) and .unacked >= 1 and .lost == 0 and .duplicated == 0'
status=0
[ "$compared" = 0 ] && jq -e "$fits" <<<"$summary" >/dev/null || status=1
jq -es --argjson issued "$issued" --slurpfile compared "$work/compared" 'all(.[]; .laptops == .hub) and (map(.hub) | max) > 0 and
  $compared[0].certificates >= 20 and $compared[0].certificates <= $issued' "$work/sums" >/dev/null || status=1
printf '\n'
[ "$status" = 0 ] || printf 'The numbers do not fit.\n'
printf '%s\n' "$summary"
exit "$status"
